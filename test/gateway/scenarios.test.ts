import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { HubClient, type InstructionHandler } from '#hub-client';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { openDatabase } from '../../src/db/open.ts';
import {
  DIALECTS_AND_THREE_HUBS,
  fetchJson,
  freshDatabase,
  messageUpdate,
  startHub,
  WEBHOOK_SECRET,
} from '../support/hub.ts';
import { startHubProcess } from '../support/hub-process.ts';
import { startProxy } from '../support/proxy.ts';
import { openSocket } from '../support/socket.ts';
import { THREE_HUBS } from '../support/three-hubs.ts';
import { shareOfTestMs, WAIT_MS } from '../support/within.ts';

const PATIENCE = { timeout: WAIT_MS };

/** A client of the SDK that lives as long as the test. */
function client(url: string, apiKey: string, handler: InstructionHandler): HubClient {
  const tpv = new HubClient({ url, apiKey, backoff: { baseMs: 20, maxMs: 200 } });
  tpv.on('process_message', handler);
  onTestFinished(() => tpv.close({ deadlineMs: 0 }));
  return tpv;
}

const textOf = ({ payload }: { payload: Record<string, unknown> }) => String(payload.text);

// The scenarios of docs/websocket.md, in its words and order, but for the eighth.
describe.each(DIALECTS_AND_THREE_HUBS)('the scenarios of the contract on %s', (database) => {
  test('1: two waiting instructions come in order, and a third the moment it is committed', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    await hub.message(1, 'uno');
    await hub.message(2, 'dos');
    const socket = await tpv.socket();
    const first = await socket.next('instruction');
    const second = await socket.next('instruction');
    expect([first, second].map(({ instruction }) => textOf(instruction))).toEqual(['uno', 'dos']);
    for (const { instruction } of [first, second]) {
      expect(await socket.report(instruction.id, 'completed')).toMatchObject({ ok: true });
    }
    await hub.message(3, 'tres');
    const { instruction } = await socket.next('instruction');
    expect(instruction).toMatchObject({ status: 'sent', retry_count: 0, payload: { text: 'tres' } });
    expect((await tpv.fetch(`/api/tpv/instructions/${instruction.id}/`)).body).toMatchObject({ status: 'sent' });
  });

  test('2: a socket that is cut before its report gets the same id again, and no attempt is counted', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const socket = await tpv.socket();
    await hub.message(1, 'Hola');
    const before = (await socket.next('instruction')).instruction;
    socket.cut();
    const again = await (await tpv.socket()).next('instruction');
    expect(again.instruction).toMatchObject({ id: before.id, retry_count: 0, status: 'sent' });
  });

  // Two processes start, one after the other: one hub on PostgreSQL is enough.
  test.skipIf(database === THREE_HUBS)(
    '3: a hub that is killed between the commit of an update and its result takes the update again',
    {
      timeout: 240_000,
    },
    async () => {
      const emulator = await startEmulator();
      onTestFinished(() => emulator.close());
      const databaseUrl = await freshDatabase(database);
      const first = await startHubProcess({ databaseUrl, emulator });
      const post = (path: string, headers: Record<string, string>, json: unknown) =>
        fetchJson(`${first.url}${path}`, { method: 'POST', headers, json });
      const { body: tpv } = await post('/api/tpv/register/', {}, { name: 'TPV', endpoint_url: 'http://127.0.0.1:9' });
      await post('/webhook/telegram/', { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET }, messageUpdate(1, 'Hola'));
      const proxy = await startProxy(first.url);
      const socket = await openSocket(proxy.url, { key: tpv.api_key });
      const { instruction } = await socket.next('instruction');

      // Nothing that the hub says from here on arrives: its result is lost, whenever it is killed after the commit.
      proxy.swallowAnswers();
      const update = { type: 'update', id: instruction.id, status: 'completed', response: { text: 'hecho' }, ref: 'a' };
      socket.send(update);
      const db = openDatabase({ DATABASE_URL: databaseUrl, DATABASE_DURABILITY: 'full' });
      const status = async () => (await db.read.selectFrom('instructions').select('status').executeTakeFirst())?.status;
      await vi.waitUntil(async () => (await status()) === 'completed', { ...PATIENCE, interval: 5 });
      await db.close();
      first.process.child.kill('SIGKILL');
      await socket.closed;
      expect(socket.frames.filter(({ type }) => type === 'result')).toEqual([]);

      const second = await startHubProcess({ databaseUrl, emulator });
      proxy.connectTo(second.url);
      const back = await openSocket(proxy.url, { key: tpv.api_key });
      expect(await back.next('welcome')).toMatchObject({ pending: 0 });
      back.send(update);
      expect(await back.next('result')).toEqual({
        type: 'result',
        ref: 'a',
        ok: true,
        data: { status: 'ok', instruction_id: instruction.id, new_status: 'completed' },
      });
    },
  );

  test('4: what a poller fetched goes to the socket at once, and the poller may still report on it', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola');
    const { body } = await tpv.fetch('/api/tpv/instructions/');
    const { id } = body.instructions[0];
    const socket = await tpv.socket();
    expect((await socket.next('instruction')).instruction).toMatchObject({ id, retry_count: 0 });
    const report = { method: 'PUT', json: { status: 'completed', response: { por: 'REST' } } };
    expect((await tpv.fetch(`/api/tpv/instructions/${id}/`, report)).status).toBe(200);
    expect(await socket.report(id, 'completed')).toMatchObject({ ok: true });
    expect((await tpv.fetch(`/api/tpv/instructions/${id}/`)).body.response).toEqual({ por: 'REST' });
  });

  test('5: of two sockets with one key the older is closed with 4501, and the newer gets what it had', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const older = await tpv.socket();
    await hub.message(1, 'uno');
    await hub.message(2, 'dos');
    const had = [await older.next('instruction'), await older.next('instruction')].map((one) => one.instruction);
    const [done, open] = had;
    expect(await older.report(done?.id ?? '', 'completed')).toMatchObject({ ok: true });
    const newer = await tpv.socket();
    expect(await older.closed).toEqual({ code: 4501, reason: 'replaced' });
    expect((await newer.next('instruction')).instruction).toMatchObject({ id: open?.id, retry_count: 0 });
    await hub.message(3, 'tres');
    expect(textOf((await newer.next('instruction')).instruction)).toBe('tres');
    expect(older.frames.filter(({ type }) => type === 'instruction')).toHaveLength(2);
  });

  test('5: with two SDK clients of one key nothing is lost, and nothing runs twice where they share a memory', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    // The clients' memory ends with each of them; this one outlives both, as a TPV's database does.
    const shared = new Map<string, Promise<string>>();
    const runs: string[] = [];
    const held = Promise.withResolvers<void>();
    const handler: InstructionHandler = (instruction) => {
      const known = shared.get(instruction.id);
      if (known !== undefined) return known;
      runs.push(textOf(instruction));
      const work = (textOf(instruction) === 'larga' ? held.promise : Promise.resolve()).then(() => 'hecho');
      shared.set(instruction.id, work);
      return work;
    };
    const older = client(hub.url, tpv.key, handler);
    await older.connect();
    await hub.message(1, 'corta', 1001);
    await hub.message(2, 'larga', 1002);
    await hub.message(3, 'detrás', 1002);
    await vi.waitUntil(() => runs.length === 2, PATIENCE);
    const newer = client(hub.url, tpv.key, handler);
    await newer.connect();
    await vi.waitUntil(() => older.status.state === 'closed', PATIENCE);
    expect(older.status).toMatchObject({ error: { code: 'replaced', closeCode: 4501 } });
    held.resolve();
    await hub.message(4, 'nueva', 1003);
    const completed = async () => (await tpv.fetch('/api/tpv/stats/')).body.instructions.completed === 4;
    await vi.waitUntil(completed, PATIENCE);
    expect([...runs].sort()).toEqual(['corta', 'detrás', 'larga', 'nueva']);
    expect(newer.status).toMatchObject({ state: 'online' });
  });

  test('6: a hub that drains says so, closes with 1012, and the next one loses nothing', async () => {
    const databaseUrl = await freshDatabase(database);
    const first = await startHub({ database, databaseUrl });
    const tpv = await first.tpv();
    const socket = await tpv.socket();
    await first.message(1, 'Hola');
    const { instruction } = await socket.next('instruction');
    const closed = first.close();
    const drain = await socket.next('drain');
    expect(drain).toEqual({ type: 'drain', reason: 'restart', reconnect_after_ms: expect.any(Number) });
    // What is out may still be reported on; the hub closes as soon as that is done.
    expect(await socket.report(instruction.id, 'processing')).toMatchObject({ ok: true });
    expect(await socket.closed).toEqual({ code: 1012, reason: 'restart' });
    await closed;
    const second = await startHub({ database, databaseUrl });
    const back = await openSocket(second.url, { key: tpv.key });
    expect(await back.next('welcome')).toMatchObject({ pending: 1 });
    expect((await back.next('instruction')).instruction).toMatchObject({ id: instruction.id, retry_count: 0 });
  });

  test('6: an SDK client goes over to the next hub, loses nothing and runs nothing twice', async () => {
    const databaseUrl = await freshDatabase(database);
    const first = await startHub({ database, databaseUrl });
    const tpv = await first.tpv();
    const proxy = await startProxy(first.url);
    const runs: string[] = [];
    const held = Promise.withResolvers<void>();
    const sdk = client(proxy.url, tpv.key, async (instruction) => {
      runs.push(textOf(instruction));
      if (textOf(instruction) === 'larga') await held.promise;
      return { text: 'hecho' };
    });
    await sdk.connect();
    await first.message(1, 'larga', 1001);
    await first.message(2, 'detrás', 1001);
    await first.message(3, 'corta', 1002);
    await vi.waitUntil(() => runs.length === 2, PATIENCE);
    // The long one is under way while the hub drains, closes, and comes back elsewhere.
    const closed = first.close();
    await vi.waitUntil(() => sdk.status.state === 'online' && sdk.status.draining, PATIENCE);
    await vi.waitUntil(() => sdk.status.state === 'offline', PATIENCE);
    await closed;
    held.resolve();
    const second = await startHub({ database, databaseUrl });
    proxy.connectTo(second.url);
    await second.message(4, 'nueva', 1003);
    const stats = () => fetchJson(`${second.url}/api/tpv/stats/`, { headers: { authorization: `ApiKey ${tpv.key}` } });
    await vi.waitUntil(async () => (await stats()).body.instructions.completed === 4, { timeout: shareOfTestMs() });
    expect([...runs].sort()).toEqual(['corta', 'detrás', 'larga', 'nueva']);
  });
});
