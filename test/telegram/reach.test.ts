import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { InputFile } from 'grammy';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type TelegramFault, telegramApi, telegramFault } from '../../src/telegram/outbound/api.ts';
import { departures } from '../../src/telegram/outbound/request.ts';
import { certificate } from '../support/certificate.ts';
import { testClock } from '../support/clock.ts';

const TOKEN = '1:a-made-up-token';

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A server that handles connections itself, below HTTP. */
function rawServer(onConnection: (socket: Socket) => void): Promise<number> {
  return listen(createServer((socket) => onConnection(socket.on('error', () => {}))));
}

function api(apiRoot: string, limits: { connectMs?: number } = {}) {
  return telegramApi({ token: TOKEN, apiRoot, limits });
}

/** What became of a message. */
async function fateOf(request: Promise<unknown>): Promise<TelegramFault | { kind: 'sent' }> {
  return request.then(
    () => ({ kind: 'sent' as const }),
    (error: unknown) => telegramFault(error),
  );
}

const say = (apiRoot: string, limits?: { connectMs?: number }) => fateOf(api(apiRoot, limits).sendMessage(1, 'a'));

describe('a message has not left', () => {
  test('where nobody listens', async () => {
    expect(await say('http://127.0.0.1:9')).toEqual({ kind: 'unreachable', description: 'ECONNREFUSED' });
  });

  test('where the name leads nowhere', async () => {
    expect(await say('http://telegram.invalid')).toMatchObject({ kind: 'unreachable' });
  });

  test('where packets are dropped while it connects', async () => {
    const port = await fullListener();
    const fate = await say(`http://127.0.0.1:${port}`, { connectMs: 50 });
    expect(fate).toEqual({ kind: 'unreachable', description: 'ETIMEDOUT' });
  });

  test('where the handshake is never answered', async () => {
    const port = await rawServer(() => {});
    const fate = await say(`https://127.0.0.1:${port}`, { connectMs: 50 });
    expect(fate).toEqual({ kind: 'unreachable', description: 'ETIMEDOUT' });
  });

  test('where the connection is reset in the handshake', async () => {
    const port = await rawServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await say(`https://127.0.0.1:${port}`)).toMatchObject({ kind: 'unreachable' });
  });

  test('where the connection breaks before it was wholly written', async () => {
    const port = await rawServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const endless = new InputFile(Readable.from(pieces()), 'a.pdf');
    const fate = await fateOf(api(`http://127.0.0.1:${port}`).sendDocument(1, endless));
    expect(fate).toMatchObject({ kind: 'cut' });
  });
});

describe('a message that is asked whether it may leave', () => {
  const ok = (request: IncomingMessage, response: ServerResponse) =>
    request.resume().on('end', () => response.end('{"ok":true,"result":{"message_id":1}}'));

  test('is asked once it is connected, on a kept connection too, and leaves on a yes', async () => {
    const seen: string[] = [];
    const server = createHttpServer((request, response) => {
      seen.push('read');
      ok(request, response);
    }).on('connection', () => seen.push('connected'));
    const bot = api(`http://127.0.0.1:${await listen(server)}`);
    const leave = async () => {
      seen.push('asked');
      return true;
    };
    for (let i = 0; i < 2; i++) await departures.run(leave, () => bot.sendMessage(1, 'a'));
    expect(seen.filter((one) => one !== 'connected')).toEqual(['asked', 'read', 'asked', 'read']);
    expect(seen.filter((one) => one === 'connected')).toHaveLength(1);
  });

  test('is not asked where it can’t be connected', async () => {
    let asked = false;
    const leave = async () => {
      asked = true;
      return true;
    };
    const port = await fullListener();
    const fate = await departures.run(leave, () => say(`http://127.0.0.1:${port}`, { connectMs: 50 }));
    expect([fate.kind, asked]).toEqual(['unreachable', false]);
  });

  test('sends not a byte on a no', async () => {
    let bytes = 0;
    const port = await rawServer((socket) => {
      socket.on('data', (piece) => {
        bytes += piece.length;
      });
    });
    const fate = await departures.run(
      async () => false,
      () => say(`http://127.0.0.1:${port}`),
    );
    expect([fate.kind, bytes]).toEqual(['cut', 0]);
  });
});

describe('over TLS', () => {
  test('a message does not leave where the certificate is refused', async () => {
    const read: string[] = [];
    const port = await listen(
      createHttpsServer(await certificate(), (request, response) => {
        read.push(request.url ?? '');
        response.end('{"ok":true,"result":{}}');
      }),
    );
    const fate = await say(`https://127.0.0.1:${port}`);
    expect(fate).toEqual({ kind: 'unreachable', description: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(read).toEqual([]);
  });
});

describe('a message may have arrived', () => {
  test('where the connection breaks after it was written', async () => {
    const port = await rawServer((socket) => readWhole(socket, () => socket.resetAndDestroy()));
    expect(await say(`http://127.0.0.1:${port}`)).toEqual({ kind: 'unknown', description: 'ECONNRESET' });
  });

  test('where no answer comes', async () => {
    const clock = testClock();
    const read = Promise.withResolvers<void>();
    const port = await rawServer((socket) => readWhole(socket, read.resolve));
    const bot = telegramApi({ token: TOKEN, apiRoot: `http://127.0.0.1:${port}`, clock });
    const fate = fateOf(bot.sendMessage(1, 'a'));
    await read.promise;
    await clock.advance(45_000);
    expect(await fate).toEqual({ kind: 'unknown', description: 'ETIMEDOUT' });
  });

  test('where the answer breaks off', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{"ok":';
    const port = await rawServer((socket) => readWhole(socket, () => socket.end(head)));
    expect(await say(`http://127.0.0.1:${port}`)).toMatchObject({ kind: 'unknown' });
  });
});

const HTML = '<html><head><title>nginx</title></head></html>';
const json = (code: number, more: object = {}) =>
  JSON.stringify({ ok: false, error_code: code, description: 'x', ...more });

test.each<[string, number, string, Record<string, string>, TelegramFault['kind'] | 'sent', object]>([
  ['429 in HTML', 429, HTML, { 'retry-after': '7' }, 'refused', { code: 429, retryAfterSeconds: 7 }],
  ['429 in HTML that names no time', 429, HTML, {}, 'refused', { code: 429 }],
  ['429', 429, json(429, { parameters: { retry_after: 9 } }), {}, 'refused', { code: 429, retryAfterSeconds: 9 }],
  ['413 in HTML', 413, HTML, {}, 'refused', { code: 413 }],
  ['503 in HTML', 503, HTML, {}, 'unreachable', {}],
  ['503', 503, json(503), {}, 'unreachable', {}],
  ['503 and nothing', 503, '', {}, 'unreachable', {}],
  ['500 “restart”', 500, json(500), {}, 'unknown', {}],
  ['500 in HTML', 500, HTML, {}, 'unknown', {}],
  ['502 in HTML', 502, HTML, {}, 'unknown', {}],
  ['502 and nothing', 502, '', {}, 'unknown', {}],
  ['504 in HTML', 504, HTML, {}, 'unknown', {}],
  ['a success that can’t be read', 200, HTML, {}, 'unknown', {}],
  ['a success', 200, '{"ok":true,"result":{"message_id":1}}', {}, 'sent', {}],
  ['a provider’s page of what is blocked', 403, HTML, {}, 'unreachable', {}],
  ['a page that leads elsewhere', 302, HTML, { location: 'http://127.0.0.1:9/' }, 'unreachable', {}],
  ['a person who blocked the bot', 403, json(403), {}, 'refused', { code: 403 }],
  ['another service’s JSON', 404, '{"error":"no such page"}', {}, 'unreachable', {}],
])('row 35: an answer with %s keeps what it says', async (_name, status, body, headers, kind, more) => {
  const answer: RequestListener = (request, response) => {
    request.resume().on('end', () => response.writeHead(status, headers).end(body));
  };
  const port = await listen(createHttpServer(answer));
  expect(await say(`http://127.0.0.1:${port}`)).toMatchObject({ kind, ...more });
});

test('an upload that is refused before its end is not taken for one that was cut', async () => {
  const port = await listen(
    createHttpServer((_request, response) => response.writeHead(413).end(HTML)).on('clientError', () => {}),
  );
  const file = new InputFile(Readable.from(pieces(64)), 'a.pdf');
  const fate = await fateOf(api(`http://127.0.0.1:${port}`).sendDocument(1, file));
  expect(fate).toMatchObject({ kind: 'refused', code: 413 });
});

test('connections are kept for what follows, and no fault tells the token', async () => {
  const ports = new Set<number | undefined>();
  const server = createHttpServer((request, response) => {
    ports.add(request.socket.remotePort);
    request.resume().on('end', () => response.end('{"ok":true,"result":{"message_id":1}}'));
  });
  const root = `http://127.0.0.1:${await listen(server)}`;
  const bot = api(root);
  for (let i = 0; i < 3; i++) await bot.sendMessage(1, 'a');
  expect(ports.size).toBe(1);
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  const fault = await bot.sendMessage(1, 'a').catch((error: unknown) => error);
  expect(JSON.stringify(telegramFault(fault))).not.toContain('made-up');
});

/** A port whose line of connections is full and never gets shorter: Linux drops the packets of the next one. */
async function fullListener(): Promise<number> {
  const script = `
    const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('node:fs').writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const port = Number(String(await once(child.stdout, 'data')));
  const waiting = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  onTestFinished(() => {
    for (const socket of waiting) socket.destroy();
  });
  // Two are all that find a place.
  let connected = 0;
  await new Promise<void>((resolve) => {
    for (const socket of waiting) socket.on('connect', () => ++connected === 2 && resolve());
  });
  return port;
}

/** Calls once a request of JSON was read to its end. */
function readWhole(socket: Socket, then: () => void): void {
  let text = '';
  socket.on('data', (piece) => {
    text += piece.toString();
    const [head = '', body = ''] = text.split('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
    if (body.length >= length) then();
  });
}

/** A file that comes in pieces, and without a count never ends. */
function* pieces(count = Number.POSITIVE_INFINITY): Generator<Buffer> {
  for (let i = 0; i < count; i++) yield Buffer.alloc(65_536);
}
