import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { HubClient } from '#hub-client';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { openDatabase } from '../../src/db/open.ts';
import { DIALECTS, fetchJson, freshDatabase, messageUpdate, WEBHOOK_SECRET } from '../support/hub.ts';
import { type HubProcess, startHubProcess } from '../support/hub-process.ts';
import { startProxy } from '../support/proxy.ts';
import { frame, rawSocket, upgradeRequest } from '../support/raw-socket.ts';
import { openSocket } from '../support/socket.ts';
import { shareOfTestMs, WAIT_MS } from '../support/within.ts';

async function aHub(database: (typeof DIALECTS)[number]) {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  const databaseUrl = await freshDatabase(database);
  return { databaseUrl, emulator, hub: await startHubProcess({ databaseUrl, emulator }) };
}

async function register({ url }: { url: string }): Promise<{ id: string; key: string }> {
  const json = { name: 'TPV', endpoint_url: 'http://127.0.0.1:9', max_users: 20 };
  const { body } = await fetchJson(`${url}/api/tpv/register/`, { method: 'POST', json });
  return { id: body.id, key: body.api_key };
}

function post(url: string, updateId: number, text: string, from: number) {
  const headers = { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET };
  const json = messageUpdate(updateId, text, from);
  return fetchJson(`${url}/webhook/telegram/`, { method: 'POST', headers, json });
}

/** Signals as a service manager does, and tells how the process ended (1: it was cut off after 25 s) and how long that took. */
async function terminate({ process: { child, ended } }: HubProcess) {
  const startedAt = performance.now();
  child.kill('SIGTERM');
  const code = await ended;
  return { code, ms: performance.now() - startedAt };
}

describe.each(DIALECTS)('a hub on %s that is told to end', (database) => {
  test('under load it drains, answers nothing but 200 and 503, and loses nothing', async () => {
    const { databaseUrl, emulator, hub } = await aHub(database);
    const proxy = await startProxy(hub.url);
    const runs: string[] = [];
    // `least_users` gives each its share of people; the last TPV works by hand, and holds the drain up.
    const keys = [await register(hub), await register(hub), await register(hub)];
    const [byHand, ...workers] = keys;
    const socket = await openSocket(hub.url, { key: byHand?.key ?? '' });
    await socket.next('welcome');
    // All that it holds is reported on, one by one, within the drain's 10 s, also on a busy machine.
    socket.send({ type: 'flow', max_in_flight: 8 });
    const clients = workers.map(({ key }) => {
      const tpv = new HubClient({ url: proxy.url, apiKey: key, backoff: { baseMs: 20, maxMs: 200 } });
      onTestFinished(() => tpv.close({ deadlineMs: 0 }));
      return tpv.on('process_message', (instruction) => {
        runs.push(instruction.id);
        return { text: 'hecho' };
      });
    });
    await Promise.all(clients.map((tpv) => tpv.connect()));

    const accepted: number[] = [];
    const refused: { status: number; retryAfter: string | null }[] = [];
    let next = 1;
    let loading = true;
    const load = async (from: number) => {
      while (loading) {
        const id = next++;
        // Once the process is gone nobody answers; Telegram tries again then.
        const answer = await post(hub.url, id, `mensaje ${id}`, from).catch(() => undefined);
        if (answer === undefined) return;
        if (answer.status === 200) accepted.push(id);
        else refused.push({ status: answer.status, retryAfter: answer.headers.get('retry-after') });
      }
    };
    const loads = Array.from({ length: 12 }, (_, i) => load(2_000 + i));
    await vi.waitUntil(() => accepted.length > 300, shareOfTestMs());

    const ended = terminate(hub);
    const drain = await socket.next('drain');
    expect(drain).toMatchObject({ reason: 'restart' });
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGTERM'] as const) hub.process.child.kill(signal);
    await vi.waitUntil(() => refused.length > 20, WAIT_MS);
    expect((await fetchJson(`${hub.url}/readyz`)).status).toBe(503);
    await expect(openSocket(hub.url, { key: byHand?.key ?? '' })).rejects.toMatchObject({ status: 503 });
    const held = socket.frames.flatMap((one) => (one.type === 'instruction' ? [one.instruction.id] : []));
    expect(held.length).toBeGreaterThan(0);
    // At once: one after the other, on a busy machine, they would take longer than the drain waits for them.
    for (const id of held) socket.send({ type: 'update', id, status: 'completed', ref: id });
    for (const _ of held) expect(await socket.next('result')).toMatchObject({ ok: true });
    expect(await socket.closed).toEqual({ code: 1012, reason: 'restart' });
    // Nothing new came after the word that nothing new comes.
    const types = socket.frames.map(({ type }) => type);
    expect(types.lastIndexOf('instruction')).toBeLessThan(types.indexOf('drain'));
    const { code } = await ended;
    loading = false;
    await Promise.all(loads);
    expect({ code, stderr: hub.process.stderr }).toEqual({ code: 0, stderr: '' });
    expect(refused.filter(({ status, retryAfter }) => status !== 503 || retryAfter === null)).toEqual([]);

    const second = await startHubProcess({ databaseUrl, emulator });
    proxy.connectTo(second.url);
    const back = await openSocket(second.url, { key: byHand?.key ?? '' });
    back.raw.on('message', (data) => {
      const message = JSON.parse(data.toString());
      if (message.type === 'instruction')
        back.send({ type: 'update', id: message.instruction.id, status: 'completed' });
    });
    for (const one of back.frames) {
      if (one.type === 'instruction') back.send({ type: 'update', id: one.instruction.id, status: 'completed' });
    }
    const db = openDatabase({ DATABASE_URL: databaseUrl, DATABASE_DURABILITY: 'full' });
    onTestFinished(() => db.close());
    const rows = () => db.read.selectFrom('instructions').select(['update_id', 'status']).execute();
    await vi.waitUntil(async () => (await rows()).every(({ status }) => status === 'completed'), shareOfTestMs());
    const kept = new Set((await rows()).map((row) => row.update_id));
    expect(accepted.filter((id) => !kept.has(id))).toEqual([]);
    expect(new Set(runs).size).toBe(runs.length);
  });
});

describe('a hub that is told to end', () => {
  test('is not held up by connections that say nothing, half a request, or nothing more', async () => {
    const { hub } = await aHub('sqlite');
    const { hostname, port } = new URL(hub.url);
    const connections = [
      '',
      'GET /healthz HTTP/1.1\r\nHost: h',
      'POST /webhook/telegram/ HTTP/1.1\r\nHost: hub\r\n',
    ].map(async (words) => {
      const tcp = connect({ host: hostname, port: Number(port) });
      onTestFinished(() => {
        tcp.destroy();
      });
      await once(tcp, 'connect');
      tcp.on('error', () => {}).write(words);
    });
    await Promise.all(connections);
    // An answer on a connection that came later says that the hub has seen the others.
    await fetchJson(`${hub.url}/healthz`);
    expect((await terminate(hub)).code).toBe(0);
  });

  test('answers long polls, and leaves a socket that does not answer its close', async () => {
    const { hub } = await aHub('sqlite');
    const { key } = await register(hub);
    const headers = { authorization: `ApiKey ${key}` };
    const poll = fetchJson(`${hub.url}/api/tpv/instructions/?wait=30`, { headers });
    const socket = rawSocket(hub.url);
    socket.write(upgradeRequest({ Authorization: `ApiKey ${key}` }));
    await socket.heard(({ type }) => type === 'welcome');
    socket.write(frame({ payload: '{"type":"flow","max_in_flight":1}' }));
    const ended = terminate(hub);
    expect(await poll).toMatchObject({ status: 200, body: { count: 0 } });
    expect(await socket.closeCode()).toBe(1012);
    expect((await ended).code).toBe(0);
  });

  test('waits 10 s for reports, and gives back what got none', async () => {
    const { hub, databaseUrl, emulator } = await aHub('sqlite');
    const { key } = await register(hub);
    const socket = await openSocket(hub.url, { key });
    await post(hub.url, 1, 'Hola', 1001);
    const { instruction } = await socket.next('instruction');
    const { code, ms } = await terminate(hub);
    expect(code).toBe(0);
    expect(ms).toBeGreaterThan(9_500);
    const second = await startHubProcess({ databaseUrl, emulator });
    const back = await openSocket(second.url, { key });
    expect((await back.next('instruction')).instruction).toMatchObject({ id: instruction.id, retry_count: 0 });
  });
});
