import { expect, onTestFinished, test, vi } from 'vitest';
import type { Trail } from '../../src/api/access-log.ts';
import { buildApp } from '../../src/api/app.ts';
import { HubError } from '../../src/errors.ts';
import { SPANISH } from '../../src/wording/wording.ts';
import { keptLog, logsOf } from '../support/log.ts';
import { rawSocket } from '../support/raw-socket.ts';
import { WAIT_MS } from '../support/within.ts';

const PATTERN = '/told';
const WAITING = { timeout: WAIT_MS };

/** A server whose route `/told` is answered beside fastify where the request is as usual, and says by which of the two. */
async function startTold(answer: (body: string, reply: () => void) => Promise<Trail> = async () => ({})) {
  const { log, lines } = keptLog();
  const app = await buildApp({
    logs: logsOf(log),
    trustProxy: 'loopback, 10.0.0.0/8',
    isCorsOrigin: () => false,
    socketPaths: [],
    wording: SPANISH,
    elapsed: () => performance.now(),
    direct: {
      paths: new Map([[PATTERN, PATTERN]]),
      maxBodyBytes: 1_000,
      admits: (headers) => headers['x-secret'] === 'right',
      json: JSON.stringify({ by: 'direct' }),
      answer: (body, reply) => answer(body.toString(), reply),
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post<{ Body: Buffer }>(PATTERN, async (request, reply) => {
    request.trail = await answer(request.body.toString(), () => {});
    return reply.type('application/json').send(JSON.stringify({ by: 'route' }));
  });
  onTestFinished(() => app.close());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  /** The head of a usual request, but for these headers. */
  const head = (headers: Record<string, string | undefined> = {}, path = PATTERN) => {
    const all = { Host: 'hub', 'Content-Type': 'application/json', 'X-Secret': 'right', ...headers };
    const given = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : `${name}: ${value}`));
    return `POST ${path} HTTP/1.1\r\n${given.join('\r\n')}\r\n`;
  };
  const ask = async (request: string) => {
    const socket = rawSocket(url);
    socket.write(request);
    return socket.answered();
  };
  return { url, lines, head, ask };
}

test('a request as usual is answered beside fastify, and any other by its route', async () => {
  const { head, ask } = await startTold();
  const body = '{"a":1}';
  const length = `Content-Length: ${body.length}\r\n\r\n${body}`;
  const chunked = `Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  const asked: [request: string, by: string][] = [
    [head() + length, 'direct'],
    [head({ 'X-Forwarded-For': '203.0.113.7' }) + length, 'direct'],
    [head() + chunked, 'route'],
    [head({}, `${PATTERN}?a=1`) + length, 'route'],
    [head({ 'Content-Type': 'application/json; charset=utf-8' }) + length, 'route'],
    [head({ 'X-Secret': 'wrong' }) + length, 'route'],
    [`${head()}Content-Length: 1001\r\n\r\n${body.padEnd(1_001)}`, 'route'],
  ];
  for (const [request, by] of asked) {
    const answer = await ask(request);
    expect([request, answer.status, answer.body]).toEqual([request, 200, expect.stringContaining(`{"by":"${by}"}`)]);
    expect(answer.head.toLowerCase()).toContain('content-type: application/json; charset=utf-8');
  }
  const twice = await ask(`${head({ Authorization: 'a', authorization: 'b' })}${length}`);
  expect(twice.status).toBe(400);
});

test('both leave the same line in the log, with the address that a trusted proxy brought', async () => {
  const { head, ask, lines } = await startTold(async () => ({ update_id: 5 }));
  const ids: Record<string, string> = { direct: '0123456789abcdef', route: 'fedcba9876543210' };
  for (const [by, id] of Object.entries(ids)) {
    for (const forwarded of [undefined, '203.0.113.7', '203.0.113.7, 10.1.2.3', '203.0.113.7, 198.51.100.1']) {
      const type = by === 'direct' ? 'application/json' : 'application/json; charset=utf-8';
      const headers = { 'Content-Type': type, 'X-Forwarded-For': forwarded, 'X-Request-Id': id };
      await ask(`${head(headers)}Content-Length: 2\r\n\r\n{}`);
    }
  }
  const bare = (id: string | undefined) =>
    lines.filter((line) => line.id === id).map(({ id: _, time: __, ms: ___, ...line }) => line);
  await vi.waitUntil(() => Object.values(ids).every((id) => bare(id).length === 4), WAITING);
  expect(bare(ids.direct)).toEqual(bare(ids.route));
  expect(bare(ids.direct).map(({ ip }) => ip)).toEqual(['127.0.0.1', '203.0.113.7', '203.0.113.7', '198.51.100.1']);
  expect(bare(ids.direct)[0]).toMatchObject({ method: 'POST', path: PATTERN, status: 200, update_id: 5 });
});

test('a fault is answered as anywhere, and what must not be told is logged alone', async () => {
  const faults = [
    new HubError('unavailable', 'Not now.', { retryAfterSeconds: 7 }),
    new Error('a fault of the program'),
  ];
  const { head, ask, lines } = await startTold(async (body) => {
    throw faults[JSON.parse(body)];
  });
  for (const type of ['application/json', 'application/json; charset=utf-8']) {
    const answers = [];
    for (const which of [0, 1])
      answers.push(await ask(`${head({ 'Content-Type': type })}Content-Length: 1\r\n\r\n${which}`));
    const [unavailable, failed] = answers;
    expect(unavailable).toMatchObject({ status: 503, body: expect.stringContaining('"code":"unavailable"') });
    expect(unavailable?.head.toLowerCase()).toContain('retry-after: 7');
    expect(failed).toMatchObject({ status: 500, body: expect.stringMatching(/"code":"internal_error".*"request_id"/) });
    expect(failed?.body).not.toContain('of the program');
  }
  expect(lines.filter(({ msg }) => msg === 'a request failed')).toHaveLength(2);
});

test('a body in pieces is one, several requests of one connection are answered, and one that breaks off is not told', async () => {
  const bodies: string[] = [];
  const { url, head } = await startTold(async (body) => {
    bodies.push(body);
    return {};
  });
  const cut = rawSocket(url);
  cut.write(`${head()}Content-Length: 500\r\n\r\n{"broken`);
  const socket = rawSocket(url);
  const request = `${head()}Content-Length: 8\r\n\r\n`;
  socket.write(`${request}{"a"`);
  await vi.waitUntil(() => cut.tcp.bytesWritten > 0, WAITING);
  cut.tcp.destroy();
  socket.write(`:12}${request}{"b":34}`);
  await vi.waitUntil(() => bodies.length === 2, WAITING);
  expect(bodies).toEqual(['{"a":12}', '{"b":34}']);
  expect((await socket.answered()).status).toBe(200);
});

test('what is answered early is answered once, whatever comes of it', async () => {
  let goOn = () => {};
  const { head, ask, lines } = await startTold(async (body, reply) => {
    reply();
    await new Promise<void>((resolve) => {
      goOn = resolve;
    });
    if (body === '{"a":1}') throw new Error('a fault of the program');
    return {};
  });
  for (const [at, body] of ['{"a":0}', '{"a":1}'].entries()) {
    const answer = await ask(`${head()}Content-Length: 7\r\n\r\n${body}`);
    expect([answer.status, answer.body]).toEqual([200, '{"by":"direct"}']);
    const logged = () => lines.filter(({ path }) => path === PATTERN);
    expect(logged()).toHaveLength(at);
    goOn();
    await vi.waitUntil(() => logged().length > at, WAITING);
    expect(logged()[at]).toMatchObject({ status: 200 });
  }
});
