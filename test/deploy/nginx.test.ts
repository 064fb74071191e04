import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type ClientRequest, createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { arrival } from '../support/arrivals.ts';
import { DEBIAN_INSTALL_MS, debianProgram } from '../support/debian.ts';
import type { HubOptions } from '../support/hub.ts';
import { keptLog } from '../support/log.ts';
import { type Nginx, startNginx } from '../support/nginx.ts';
import { PERSON, startPushing } from '../support/push.ts';
import { openSocket } from '../support/socket.ts';
import { WAIT_MS } from '../support/within.ts';

/** Where the client of these tests calls from: nginx, and thereby the hub, see it apart from nginx itself. */
const CLIENT = '127.0.0.2';
const MEGABYTE = 1024 * 1024;

beforeAll(async () => {
  await debianProgram('nginx', 'nginx');
}, DEBIAN_INSTALL_MS);

/** A hub, nginx in front of it, and what both write. */
async function behindNginx(options: HubOptions = {}) {
  const { log, lines } = keptLog();
  const hub = await startPushing({ log, ...options });
  const nginx = await startNginx(hub.url);
  const key = { authorization: `ApiKey ${hub.one.key}` };
  return { hub, nginx, lines, key, ask: asker(nginx) };
}

/** Opens a request through nginx, from `CLIENT`. */
function open({ https, client }: Nginx, path: string, options: RequestOptions = {}): ClientRequest {
  const request = httpsRequest(`${https}${path}`, { ...client, localAddress: CLIENT, agent: false, ...options });
  onTestFinished(() => {
    request.destroy();
  });
  return request;
}

async function answerOf(request: ClientRequest): Promise<{ status: number | undefined; body: string }> {
  // Emitted with the answer alone.
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, body: await text(answer) };
}

function asker(nginx: Nginx) {
  return (path: string, { body, ...options }: RequestOptions & { body?: Buffer | string } = {}) => {
    const request = open(nginx, path, options);
    request.end(body);
    return answerOf(request);
  };
}

async function formOf(fields: Record<string, string | File>): Promise<{ body: Buffer; type: string }> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const response = new Response(form);
  return { body: Buffer.from(await response.arrayBuffer()), type: response.headers.get('content-type') ?? '' };
}

function documentOf(bytes: number): Promise<{ body: Buffer; type: string }> {
  const document = new File([new Uint8Array(bytes)], 'recibo.pdf', { type: 'application/pdf' });
  return formOf({ telegram_user_id: `${PERSON}`, message_type: 'document', document });
}

test('who comes without TLS is sent to https, but for what certbot put there', async () => {
  const nginx = await startNginx('http://127.0.0.1:9');
  const plain = (path: string) => once(get(`${nginx.http}${path}`, nginx.client), 'response');
  const [answer] = (await plain('/docs?a=1')) as [IncomingMessage];
  expect([answer.statusCode, answer.headers.location]).toEqual([301, 'https://valletpvbot.example/docs?a=1']);
  mkdirSync(join(nginx.webRoot, '.well-known/acme-challenge'), { recursive: true });
  writeFileSync(join(nginx.webRoot, '.well-known/acme-challenge/token'), 'challenge');
  const [challenge] = (await plain('/.well-known/acme-challenge/token')) as [IncomingMessage];
  expect([challenge.statusCode, await text(challenge)]).toEqual([200, 'challenge']);
});

test('who asks for another name gets nothing: no certificate, no page, no redirect (S38)', async () => {
  const { nginx, lines, ask } = await behindNginx();
  const failure = (request: ClientRequest) =>
    once(request.end(), 'response').then(
      ([answer]: IncomingMessage[]) => `${answer?.statusCode}`,
      (error: NodeJS.ErrnoException) => error.code,
    );
  const plain = nginx.http.replace('valletpvbot.example', '127.0.0.1');
  for (const host of ['127.0.0.1', 'other.example', '']) {
    expect(await failure(get(plain, { headers: { host }, agent: false })), host).toBe('ECONNRESET');
  }
  // The right name in the handshake, and another one within.
  const within = { headers: { host: 'other.example' }, servername: 'valletpvbot.example' };
  expect(await failure(open(nginx, '/healthz', within))).toBe('ECONNRESET');
  for (const servername of ['other.example', '']) {
    // OpenSSL's alert of an unrecognized name.
    expect(await failure(open(nginx, '/healthz', { servername })), servername).toBe('EPROTO');
  }
  expect((await ask('/healthz')).status).toBe(200);
  await vi.waitFor(() => expect(lines.filter(({ path }) => path === '/healthz')).toHaveLength(1), WAIT_MS);
});

test('the hub sees the address of the client, and not the one that it claims', async () => {
  const { ask, lines } = await behindNginx();
  const headers = { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9' };
  expect((await ask('/healthz', { headers })).status).toBe(200);
  await vi.waitFor(() => expect(lines.find(({ path }) => path === '/healthz')?.ip).toBe(CLIENT), WAIT_MS);
});

test('a TPV has its socket through nginx, under its address, with pings and instructions', async () => {
  const { hub, nginx, lines } = await behindNginx({ env: { HEARTBEAT_INTERVAL_SECONDS: '5' } });
  const client = { ...nginx.client, localAddress: CLIENT };
  const socket = await openSocket(nginx.https, { key: hub.one.key, client });
  const pinged = once(socket.raw, 'ping');
  await socket.next('welcome');
  expect((await socket.next('instruction')).instruction.payload).toMatchObject({ text: 'Hola' });
  await pinged;
  await hub.message(2, 'Otra', PERSON);
  const { id, payload } = (await socket.next('instruction')).instruction;
  expect(payload).toMatchObject({ text: 'Otra' });
  expect(await socket.report(id, 'completed')).toMatchObject({ ok: true });
  expect(lines.find(({ socket: what }) => what === 'opened')?.ip).toBe(CLIENT);
});

test('a drain that the hub says on a socket arrives as it was said', async () => {
  const { hub, nginx } = await behindNginx();
  const socket = await openSocket(nginx.https, { key: hub.one.key, client: nginx.client });
  await socket.next('welcome');
  const { id } = (await socket.next('instruction')).instruction;
  const closing = hub.close();
  await socket.next('drain');
  await socket.report(id, 'completed');
  await closing;
  expect(await socket.closed).toMatchObject({ code: 1012 });
});

test('a poll that waits is answered when something comes, and when nothing did', async () => {
  const { ask, hub, key } = await behindNginx();
  const poll = (wait: number) => ask(`/api/tpv/instructions/?wait=${wait}`, { headers: key });
  expect(JSON.parse((await poll(0)).body).count).toBe(1);
  const nothing = await poll(3);
  expect([nothing.status, JSON.parse(nothing.body).count]).toEqual([200, 0]);
  const arrived = arrival(hub, '/api/tpv/instructions');
  const waiting = poll(30);
  await arrived;
  await hub.message(2, 'Otra', PERSON);
  expect(JSON.parse((await waiting).body).instructions[0].payload).toMatchObject({ text: 'Otra' });
});

test('a document of several MB reaches the person', async () => {
  const { ask, hub, key } = await behindNginx();
  const { body, type } = await documentOf(8 * MEGABYTE);
  const answer = await ask('/api/tpv/push/', { method: 'POST', headers: { ...key, 'content-type': type }, body });
  expect(answer.status).toBe(201);
  expect(await hub.person.waitForMessage()).toMatchObject({ document: { file_size: 8 * MEGABYTE } });
});

test('an upload reaches the hub as it comes, not when nginx has all of it', async () => {
  const { hub, nginx, key } = await behindNginx();
  const { body, type } = await documentOf(MEGABYTE);
  const headers = { ...key, 'content-type': type, 'content-length': body.length };
  const arrived = arrival(hub, '/api/tpv/push');
  const request = open(nginx, '/api/tpv/push/', { method: 'POST', headers });
  request.write(body.subarray(0, 1_000));
  await arrived;
  request.end(body.subarray(1_000));
  expect((await answerOf(request)).status).toBe(201);
});

test('bodies that the hub would never take end at nginx', async () => {
  const { nginx, key } = await behindNginx();
  const refused = async (path: string, type: string, bytes: number) => {
    const headers = { ...key, 'content-type': type, 'content-length': bytes };
    const request = open(nginx, path, { method: 'POST', headers });
    // The length alone is enough; nothing is sent.
    request.flushHeaders();
    return (await answerOf(request)).status;
  };
  expect(await refused('/webhook/telegram/', 'application/json', MEGABYTE + 1)).toBe(413);
  expect(await refused('/api/tpv/push/', 'multipart/form-data; boundary=x', 56 * MEGABYTE)).toBe(413);
});

test.each(['/metrics', '/metrics/', '//metrics', '/%6detrics', '/metrics?a=1'])(
  'nobody outside reads %s',
  async (path) => {
    const { ask, hub } = await behindNginx();
    expect((await hub.fetch('/metrics')).status).toBe(200);
    expect(await ask(path)).toMatchObject({ status: 404, body: expect.not.stringContaining('valletpv') });
  },
);

test("the panel's events come one by one", async () => {
  let stream: ServerResponse | undefined;
  const hub = createServer((request, response) => {
    expect(request.url).toBe('/api/admin/events');
    stream = response.writeHead(200, { 'content-type': 'text/event-stream' });
    stream.write('data: 1\n\n');
  }).listen(0, '127.0.0.1');
  await once(hub, 'listening');
  onTestFinished(() => {
    hub.closeAllConnections();
    hub.close();
  });
  // A TCP server's address is an object.
  const nginx = await startNginx(`http://127.0.0.1:${(hub.address() as AddressInfo).port}`);
  const request = open(nginx, '/api/admin/events');
  request.end();
  const [events] = (await once(request, 'response')) as [IncomingMessage];
  events.setEncoding('utf8');
  expect(await once(events, 'data')).toEqual(['data: 1\n\n']);
  stream?.write('data: 2\n\n');
  expect(await once(events, 'data')).toEqual(['data: 2\n\n']);
});

test('an Upgrade header reaches the hub at the sockets alone (S26)', async () => {
  const seen = new Map<string | undefined, string | undefined>();
  const hub = createServer((request, response) => {
    seen.set(request.url, request.headers.upgrade);
    response.end();
  }).listen(0, '127.0.0.1');
  hub.on('upgrade', (request, socket) => {
    seen.set(request.url, request.headers.upgrade);
    socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  await once(hub, 'listening');
  onTestFinished(() => {
    hub.closeAllConnections();
    hub.close();
  });
  // A TCP server's address is an object.
  const nginx = await startNginx(`http://127.0.0.1:${(hub.address() as AddressInfo).port}`);
  const ask = asker(nginx);
  const headers = { connection: 'Upgrade', upgrade: 'websocket' };
  const sockets = ['/api/tpv/ws', '/api/tpv/ws/', '/api/socket-check'];
  for (const path of sockets) expect((await ask(path, { headers })).status, path).toBe(401);
  const others = ['/healthz', '/', '/webhook/telegram/', '/api/tpv/wsx', '/api/tpv/ws/x', '/api/tpv/instructions'];
  for (const path of others) expect((await ask(path, { headers })).status, path).toBe(200);
  expect([...seen].filter(([, upgrade]) => upgrade !== undefined).map(([path]) => path)).toEqual(sockets);
  expect(seen.size).toBe(sockets.length + others.length);
});

/** A hub that answers when the test lets it. */
async function patientHub() {
  const waiting: ServerResponse[] = [];
  const hub = createServer((_request, response) => waiting.push(response)).listen(0, '127.0.0.1');
  await once(hub, 'listening');
  onTestFinished(() => {
    hub.closeAllConnections();
    hub.close();
  });
  // A TCP server's address is an object.
  return { url: `http://127.0.0.1:${(hub.address() as AddressInfo).port}`, waiting };
}

test('one address has its share of connections, and Telegram’s are not counted (S38)', async () => {
  const hub = await patientHub();
  const ask = asker(await startNginx(hub.url, [['valletpv_connections 200;', 'valletpv_connections 3;']]));
  const paths = ['/a', '/webhook/telegram/', '/b', '/webhook/telegram', '/c'];
  const answers = paths.map((path) => ask(path));
  await vi.waitUntil(() => hub.waiting.length === paths.length, { timeout: WAIT_MS });
  expect((await ask('/d')).status).toBe(429);
  expect((await ask('/metrics', { localAddress: '127.0.0.3' })).status).toBe(404);
  for (const response of hub.waiting) response.end();
  for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
});

test('one address has its share of requests, and Telegram’s are not counted (S38)', async () => {
  const hub = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
  await once(hub, 'listening');
  onTestFinished(() => {
    hub.closeAllConnections();
    hub.close();
  });
  const site: [string, string][] = [
    ['rate=200r/s', 'rate=1r/m'],
    ['burst=600', 'burst=2'],
  ];
  // A TCP server's address is an object.
  const ask = asker(await startNginx(`http://127.0.0.1:${(hub.address() as AddressInfo).port}`, site));
  for (let i = 0; i < 3; i++) expect((await ask('/api/tpv/info/')).status).toBe(200);
  expect((await ask('/api/tpv/info/')).status).toBe(429);
  for (let i = 0; i < 5; i++) expect((await ask('/webhook/telegram/')).status).toBe(200);
  expect((await ask('/api/tpv/info/', { localAddress: '127.0.0.3' })).status).toBe(200);
});

test('a hub that is not there is a 502, and nginx goes on', async () => {
  const { ask, hub } = await behindNginx();
  await hub.close();
  expect((await ask('/healthz')).status).toBe(502);
  expect((await ask('/metrics')).status).toBe(404);
});
