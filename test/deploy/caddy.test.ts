import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { arrival } from '../support/arrivals.ts';
import { startCaddy } from '../support/caddy.ts';
import { DEBIAN_INSTALL_MS, debianProgram } from '../support/debian.ts';
import { keptLog } from '../support/log.ts';
import { PERSON, startPushing } from '../support/push.ts';
import { openSocket } from '../support/socket.ts';
import { WAIT_MS } from '../support/within.ts';

/** Where the client of these tests calls from: Caddy, and thereby the hub, see it apart from Caddy itself. */
const CLIENT = '127.0.0.2';
const MEGABYTE = 1024 * 1024;

beforeAll(async () => {
  await debianProgram('caddy', 'caddy');
}, DEBIAN_INSTALL_MS);

/** A hub, Caddy in front of it, and what the hub logs. */
async function behindCaddy() {
  const { log, lines } = keptLog();
  const hub = await startPushing({ log });
  const caddy = await startCaddy(hub.url);
  const client = { ...caddy.client, localAddress: CLIENT };
  const open = (path: string, options: RequestOptions = {}) => {
    const request = httpsRequest(`${caddy.https}${path}`, { ...client, agent: false, ...options });
    onTestFinished(() => {
      request.destroy();
    });
    return request;
  };
  const ask = async (path: string, options: RequestOptions = {}) => {
    const request = open(path, options);
    request.end();
    // Emitted with the answer alone.
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
  };
  return { hub, caddy, client, lines, ask, open, key: { authorization: `ApiKey ${hub.one.key}` } };
}

async function documentOf(bytes: number): Promise<{ body: Buffer; type: string }> {
  const form = new FormData();
  form.set('telegram_user_id', `${PERSON}`);
  form.set('message_type', 'document');
  form.set('document', new File([new Uint8Array(bytes)], 'recibo.pdf', { type: 'application/pdf' }));
  const response = new Response(form);
  return { body: Buffer.from(await response.arrayBuffer()), type: response.headers.get('content-type') ?? '' };
}

test('Caddy tells the hub the address of its client, keeps metrics to this machine, and lets a poll wait', async () => {
  const { hub, ask, lines, key } = await behindCaddy();
  const claims = { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9' };
  const { status, headers } = await ask('/healthz', { headers: claims });
  expect([status, headers['strict-transport-security']]).toEqual([200, expect.stringContaining('max-age')]);
  await vi.waitFor(() => expect(lines.find(({ path }) => path === '/healthz')?.ip).toBe(CLIENT), WAIT_MS);

  expect((await hub.fetch('/metrics')).status).toBe(200);
  for (const path of ['/metrics', '/metrics/', '//metrics', '/%6detrics', '/metrics?a=1']) {
    expect(await ask(path), path).toMatchObject({ status: 404, body: expect.not.stringContaining('hub_') });
  }

  expect(JSON.parse((await ask('/api/tpv/instructions/?wait=0', { headers: key })).body).count).toBe(1);
  const arrived = arrival(hub, '/api/tpv/instructions');
  const waiting = ask('/api/tpv/instructions/?wait=30', { headers: key });
  await arrived;
  await hub.message(2, 'Otra', PERSON);
  expect(JSON.parse((await waiting).body).instructions[0].payload).toMatchObject({ text: 'Otra' });
});

test('a TPV has its socket through Caddy, under its address', async () => {
  const { hub, caddy, client, lines } = await behindCaddy();
  const socket = await openSocket(caddy.https, { key: hub.one.key, client });
  await socket.next('welcome');
  const { id, payload } = (await socket.next('instruction')).instruction;
  expect(payload).toMatchObject({ text: 'Hola' });
  expect(await socket.report(id, 'completed')).toMatchObject({ ok: true });
  expect(lines.find(({ socket: what }) => what === 'opened')?.ip).toBe(CLIENT);
});

test('a document reaches the hub as it comes, and then the person', async () => {
  const { hub, open, key } = await behindCaddy();
  const { body, type } = await documentOf(8 * MEGABYTE);
  const headers = { ...key, 'content-type': type, 'content-length': body.length };
  const arrived = arrival(hub, '/api/tpv/push');
  const request = open('/api/tpv/push/', { method: 'POST', headers });
  request.write(body.subarray(0, 1_000));
  await arrived;
  request.end(body.subarray(1_000));
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  expect(answer.statusCode).toBe(201);
  expect(await hub.person.waitForMessage()).toMatchObject({ document: { file_size: 8 * MEGABYTE } });
});
