import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer, connect as dial, isIP, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { createServer as createTlsServer } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../../demo/port.ts';
import { Breaker } from '../../src/callbacks/breaker.ts';
import { createGuardedCaller, type GuardedCallerOptions } from '../../src/callbacks/guarded-call.ts';
import { systemLookup } from '../../src/callbacks/lookup.ts';
import { isCallableOrigin } from '../../src/callbacks/origins.ts';
import { systemClock } from '../../src/clock.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/open.ts';
import { activate, deactivate, deleteTpv } from '../../src/tpvs/edit.ts';
import { callableUrl } from '../../src/tpvs/endpoint.ts';
import { registerTpv } from '../../src/tpvs/register.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, freshDatabase } from '../support/hub.ts';

const FORM = { token: 'abc', accion: 'activar' };
const MIB = 1024 * 1024;
const refusal = (error: string) => ({ kind: 'answered', success: false, error });

/** A caller that a test takes down; every origin is allowed unless the test says otherwise. */
function caller(options: Partial<GuardedCallerOptions> = {}) {
  const made = createGuardedCaller({
    allowPrivate: false,
    mayCall: async () => true,
    secretsOf: async () => [],
    clock: systemClock(),
    ...options,
  });
  onTestFinished(() => made.close());
  const call = (url: string, form: Record<string, string>, tpvId: string | null = null) =>
    made.call({ id: 'press_1', url, form, tpvId });
  return { ...made, call };
}

/** Listens on a free port and closes with the test. */
async function listen<S extends Server>(server: S, host = '127.0.0.1', port = 0): Promise<S> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return server;
}

// A TCP server's address is an object; only pipes have a string.
const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** A TPV's server. */
async function tpvServer(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = await listen(createHttpServer(handle));
  const port = portOf(server);
  return { port, url: `http://127.0.0.1:${port}/api/dispositivo/action` };
}

const answering = (body: string | Buffer, status = 200, headers: Record<string, string> = {}) =>
  tpvServer((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });

/** Resolves when the connection is gone, reset or not. */
const closing = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));

/** One port of this machine, over both IPs where it has both, that counts who connects. */
async function countedPort() {
  let connections = 0;
  const count = (socket: Socket) => {
    connections++;
    socket.destroy();
  };
  const server = await listen(createServer(count));
  const port = portOf(server);
  const hosts = ['127.0.0.1'];
  await listen(createServer(count), '::1', port).then(
    () => hosts.push('::1'),
    () => {},
  );
  let own = 0;
  return {
    port,
    /** Connections are taken in the order in which they came: whoever came before is counted with the test's own. */
    async connections(): Promise<number> {
      own += hosts.length;
      await Promise.all(
        hosts.map((host) =>
          closing(
            dial({ host, port })
              .on('error', () => {})
              .resume(),
          ),
        ),
      );
      return connections - own;
    },
  };
}

describe('an answer', () => {
  test('the form arrives urlencoded, and the answer comes back', async () => {
    const seen: unknown[] = [];
    const server = await tpvServer(async (request, response) => {
      const body = Object.fromEntries(new URLSearchParams(await text(request)));
      seen.push({ method: request.method, path: request.url, type: request.headers['content-type'], body });
      response.end('{"success": true, "mensaje": "✅ Activado", "new_text": "Hecho"}');
    });
    const form = { token: 'a&b=c', accion: 'activar', telegram_user_id: '1001', metadata: '{"ñ":"😀"}' };
    expect(await caller({ allowPrivate: true }).call(`${server.url}?a=1#x`, form)).toEqual({
      kind: 'answered',
      success: true,
      mensaje: '✅ Activado',
      newText: 'Hecho',
    });
    const path = '/api/dispositivo/action?a=1';
    expect(seen).toEqual([{ method: 'POST', path, type: 'application/x-www-form-urlencoded', body: form }]);
  });

  test.each<[what: string, body: string, status: number, outcome: object]>([
    ['a no', '{"success":false,"error":"No existe"}', 200, { kind: 'answered', success: false, error: 'No existe' }],
    ['a no with 404', '{"success":false,"error":"No existe"}', 404, { kind: 'answered', error: 'No existe' }],
    ['a no with 500', '{"success":false}', 500, { kind: 'answered', success: false }],
    ['other fields', '{"success":true,"id":5}', 201, { kind: 'answered', success: true }],
    ['texts that are none', '{"success":true,"mensaje":5,"new_text":null}', 200, { kind: 'answered', success: true }],
    ['a byte order mark', '\ufeff{"success":true}', 200, { kind: 'answered', success: true }],
    ['a yes with 500', '{"success":true}', 500, { kind: 'failed', reason: 'status', detail: '500' }],
    ['a no that says yes with 404', '{"error":"No existe","success":true,"mensaje":"x"}', 404, refusal('No existe')],
    ['a no without success', '{"mensaje":"Hoy no"}', 409, { kind: 'answered', success: false, mensaje: 'Hoy no' }],
    ['a no of other JSON', '["no"]', 422, { kind: 'answered', success: false }],
    ['a page with 404', '<h1>Not Found</h1>', 404, { kind: 'failed', reason: 'status', detail: '404' }],
    ['a page with 500', '<h1>Server Error</h1>', 500, { kind: 'failed', reason: 'status', detail: '500' }],
    ['a page', '<h1>Hola</h1>', 200, { kind: 'failed', reason: 'not_json' }],
    ['nothing', '', 200, { kind: 'failed', reason: 'not_json' }],
    ['half of it', '{"success":tr', 200, { kind: 'failed', reason: 'not_json' }],
    ['no success', '{"mensaje":"Hola"}', 200, { kind: 'failed', reason: 'not_json' }],
    ['success as text', '{"success":"true"}', 200, { kind: 'failed', reason: 'not_json' }],
    ['a list', '[{"success":true}]', 200, { kind: 'failed', reason: 'not_json' }],
    ['null', 'null', 200, { kind: 'failed', reason: 'not_json' }],
  ])('%s is understood', async (_what, body, status, outcome) => {
    const { url } = await answering(body, status);
    expect(await caller({ allowPrivate: true }).call(url, FORM)).toMatchObject(outcome);
  });

  test('a long text is cut, and one that no column holds is mended', async () => {
    const answer = { success: true, mensaje: 'x'.repeat(5_000), new_text: `${'y'.repeat(4_095)}😀`, error: 'a\0b' };
    const { url } = await answering(JSON.stringify(answer));
    expect(await caller({ allowPrivate: true }).call(url, FORM)).toEqual({
      kind: 'answered',
      success: true,
      mensaje: 'x'.repeat(4_096),
      newText: `${'y'.repeat(4_095)}\uFFFD`,
      error: 'a\uFFFDb',
    });
  });

  test('a server that compresses though it was asked not to is understood', async () => {
    const { url } = await answering(gzipSync('{"success":true}'), 200, { 'content-encoding': 'gzip' });
    expect(await caller({ allowPrivate: true }).call(url, FORM)).toMatchObject({ kind: 'answered', success: true });
  });

  test.each(['gzip', 'br', 'gzip, gzip'])(
    'an answer that is not what its encoding %s says is none',
    async (encoding) => {
      const { url } = await answering('not compressed at all', 200, { 'content-encoding': encoding });
      expect(await caller({ allowPrivate: true }).call(url, FORM)).toMatchObject({
        kind: 'failed',
        reason: 'not_json',
      });
    },
  );
});

describe('row 18: what leads to this machine or its network is refused, and nothing is connected to', () => {
  const hosts = [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '017700000001',
    '127.0.0.1.',
    '0.0.0.0',
    '0',
    '[::1]',
    '[::]',
    '[::ffff:7f00:1]',
    '[::ffff:127.0.0.1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
    'localhost',
    'localhost.',
    'LOCALHOST',
    'tpv.localhost.',
    '１２７.０.０.１',
    '169.254.169.254',
    '[fd00:ec2::254]',
    '10.0.0.1',
    '192.168.1.1',
  ];

  test.each(['http', 'https'])('as %s', async (scheme) => {
    const listener = await countedPort();
    for (const host of hosts) {
      const outcome = await caller().call(`${scheme}://${host}:${listener.port}/`, FORM);
      expect([host, outcome]).toEqual([host, { kind: 'refused', reason: 'address' }]);
    }
    expect(await listener.connections()).toBe(0);
  });

  test.each([
    ['loopback', ['127.0.0.1']],
    ['loopback over IPv6', ['::1']],
    ['loopback beside a public address', ['93.184.216.34', '127.0.0.1']],
    ['loopback beside a public address over IPv6', ['::1', '2606:2800:220:1:248:1893:25c8:1946']],
    ['loopback, mapped', ['::ffff:127.0.0.1']],
    ['something that is no address', ['localhost']],
  ])('a name that stands for %s', async (_what, addresses) => {
    const listener = await countedPort();
    const outcome = await caller({ lookup: async () => addresses }).call(`http://tpv.example:${listener.port}/`, FORM);
    expect(outcome).toEqual({ kind: 'refused', reason: 'address' });
    expect(await listener.connections()).toBe(0);
  });

  test('a name that resolves to loopback the second time is looked up once, and called where it was checked', async () => {
    const server = await answering('{"success":true}');
    const elsewhere = await countedPort();
    const lookup = vi.fn(async () => ['::1']).mockImplementationOnce(async () => ['127.0.0.1']);
    const { call } = caller({ allowPrivate: true, lookup });
    expect(await call(`http://tpv.example:${server.port}/`, FORM)).toMatchObject({ kind: 'answered' });
    expect(lookup.mock.calls).toEqual([['tpv.example']]);
    expect(await elsewhere.connections()).toBe(0);

    // The next call looks it up again, and checks what it is by then.
    const addresses = [['8.8.8.8', '127.0.0.1'], ['127.0.0.1']];
    const turned = caller({ lookup: async () => addresses.shift() ?? [] });
    for (const _ of [1, 2]) {
      expect(await turned.call(`http://tpv.example:${elsewhere.port}/`, FORM)).toMatchObject({ kind: 'refused' });
    }
    expect(await elsewhere.connections()).toBe(0);
  });

  test.each([301, 302, 303, 307, 308])('a %i to loopback is not followed', async (status) => {
    const listener = await countedPort();
    const { url } = await answering('', status, { location: `http://127.0.0.1:${listener.port}/` });
    expect(await caller({ allowPrivate: true }).call(url, FORM)).toEqual({ kind: 'refused', reason: 'redirect' });
    expect(await listener.connections()).toBe(0);
  });

  test.each([
    'ftp://tpv.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:application/json,{}',
    'unix:/var/run/docker.sock',
    'http://user:password@127.0.0.1/',
    'http://user@127.0.0.1/',
    'http://',
    'http://[::1',
    'http://127.0.0.1:99999/',
    '//127.0.0.1/',
    'tpv.example',
    '',
  ])('%j is no URL to call', async (url) => {
    const mayCall = vi.fn(async () => true);
    expect(await caller({ allowPrivate: true, mayCall }).call(url, FORM)).toEqual({ kind: 'refused', reason: 'url' });
    expect(mayCall).not.toHaveBeenCalled();
  });

  test('an origin that nobody allowed is neither looked up nor called', async () => {
    const listener = await countedPort();
    const lookup = vi.fn(async () => ['127.0.0.1']);
    const asked: string[] = [];
    const mayCall = async (origin: string) => {
      asked.push(origin);
      return false;
    };
    const { call } = caller({ allowPrivate: true, lookup, mayCall });
    const outcome = await call(`HTTP://TPV.example:${listener.port}/path?a=1`, FORM);
    expect(outcome).toEqual({ kind: 'refused', reason: 'origin' });
    expect(asked).toEqual([`http://tpv.example:${listener.port}`]);
    expect(lookup).not.toHaveBeenCalled();
    expect(await listener.connections()).toBe(0);
  });
});

describe('the connection', () => {
  test('the name goes along as Host', async () => {
    const hosts: unknown[] = [];
    const server = await tpvServer((request, response) => {
      hosts.push(request.headers.host);
      response.end('{"success":true}');
    });
    const { call } = caller({ allowPrivate: true, lookup: async () => ['127.0.0.1'] });
    expect(await call(`http://tpv.example:${server.port}/`, FORM)).toMatchObject({ kind: 'answered' });
    expect(hosts).toEqual([`tpv.example:${server.port}`]);
  });

  test('the name goes along in TLS', async () => {
    const names: string[] = [];
    const server = createTlsServer({
      SNICallback: (name, done) => {
        names.push(name);
        done(new Error('no certificate'));
      },
    });
    await listen(server);
    const { call } = caller({ allowPrivate: true, lookup: async () => ['127.0.0.1'] });
    const outcome = await call(`https://tpv.example:${portOf(server)}/`, FORM);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'unreachable' });
    expect(names).toEqual(['tpv.example']);
  });

  test('the next of a name’s addresses is tried where one does not answer', async () => {
    const server = await answering('{"success":true}');
    const { call } = caller({ allowPrivate: true, lookup: async () => ['127.0.0.3', '127.0.0.1'] });
    expect(await call(`http://tpv.example:${server.port}/`, FORM)).toMatchObject({ kind: 'answered' });
  });

  test('a proxy of the environment is not asked', async () => {
    const proxy = await countedPort();
    const server = await answering('{"success":true}');
    for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']) {
      vi.stubEnv(name, `http://127.0.0.1:${proxy.port}`);
    }
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    vi.stubEnv('NO_PROXY', undefined);
    vi.stubEnv('no_proxy', undefined);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    expect(await caller({ allowPrivate: true }).call(server.url, FORM)).toMatchObject({ kind: 'answered' });
    expect(await proxy.connections()).toBe(0);
  });

  test('where nobody listens, or a name has no address, it is unreachable', async () => {
    const port = await freePort();
    const refused = { kind: 'failed', reason: 'unreachable', detail: 'ECONNREFUSED' };
    expect(await caller({ allowPrivate: true }).call(`http://127.0.0.1:${port}/`, FORM)).toEqual(refused);
    const nameless = caller({ allowPrivate: true, lookup: async () => [] });
    expect(await nameless.call('http://tpv.example/', FORM)).toMatchObject({ kind: 'failed', reason: 'unreachable' });
    const lookup = () => Promise.reject(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }));
    const outcome = await caller({ allowPrivate: true, lookup }).call('http://tpv.example/', FORM);
    expect(outcome).toEqual({ kind: 'failed', reason: 'unreachable', detail: 'ENOTFOUND' });
  });

  test('it is closed when the answer is there, wanted or not', async () => {
    const closed: Promise<void>[] = [];
    const server = await tpvServer((request, response) => {
      closed.push(closing(request.socket));
      request.resume();
      if (request.url === '/long') response.write('x'.repeat(200_000));
      else if (request.url === '/away') response.writeHead(302, { location: '/' }).write('x');
      else response.end('{"success":true}');
    });
    const { call } = caller({ allowPrivate: true });
    const paths = ['short', 'long', 'away'];
    const outcomes = await Promise.all(paths.map((path) => call(`http://127.0.0.1:${server.port}/${path}`, FORM)));
    expect(outcomes.map((one) => ('reason' in one ? one.reason : one.kind))).toEqual([
      'answered',
      'too_large',
      'redirect',
    ]);
    await Promise.all(closed);
    expect(closed).toHaveLength(3);
  });
});

describe('row 19: a server that takes its time or floods', () => {
  test('one that never answers is given up after 10 s', async () => {
    const clock = testClock();
    const asked = Promise.withResolvers<Socket>();
    const server = await tpvServer((request) => asked.resolve(request.socket));
    const outcome = caller({ allowPrivate: true, clock }).call(server.url, FORM);
    const socket = await asked.promise;
    const closed = closing(socket);
    await clock.advance(9_999);
    expect(socket.destroyed).toBe(false);
    await clock.advance(1);
    expect(await outcome).toMatchObject({ kind: 'failed', reason: 'timeout' });
    await closed;
  });

  test('one that never ends its answer is given up after 10 s', async () => {
    const clock = testClock();
    const begun = Promise.withResolvers<Socket>();
    const server = await tpvServer((request, response) => {
      response.write('{"success":', () => begun.resolve(request.socket));
    });
    const outcome = caller({ allowPrivate: true, clock }).call(server.url, FORM);
    const closed = closing(await begun.promise);
    await clock.advance(10_000);
    expect(await outcome).toMatchObject({ kind: 'failed', reason: 'timeout' });
    await closed;
  });

  test('a connection that never opens is given up after 3 s', async () => {
    const clock = testClock();
    const server = await listen(createServer());
    const taken = once(server, 'connection');
    const outcome = caller({ allowPrivate: true, clock }).call(`https://127.0.0.1:${portOf(server)}/`, FORM);
    const [socket] = (await taken) as [Socket];
    const closed = closing(socket.resume());
    await clock.advance(2_999);
    expect(socket.destroyed).toBe(false);
    await clock.advance(1);
    expect(await outcome).toMatchObject({ kind: 'failed', reason: 'timeout' });
    await closed;
  });

  test('a name server that never answers is given up after 3 s', async () => {
    const clock = testClock();
    const asked = Promise.withResolvers<void>();
    const lookup = () => {
      asked.resolve();
      return new Promise<never>(() => {});
    };
    const outcome = caller({ clock, lookup }).call('http://tpv.example/', FORM);
    await asked.promise;
    await clock.advance(3_000);
    expect(await outcome).toMatchObject({ kind: 'failed', reason: 'timeout' });
  });

  test('1 GB is read up to the limit and no further', async () => {
    let written = 0;
    const server = await tpvServer((request, response) => {
      const chunk = Buffer.alloc(MIB, 'x');
      const flood = () => {
        while (written < 1024 * MIB && !response.destroyed) {
          written += chunk.length;
          if (!response.write(chunk)) return response.once('drain', flood);
        }
        return response.end();
      };
      request.resume();
      flood();
    });
    const before = process.memoryUsage.rss();
    expect(await caller({ allowPrivate: true }).call(server.url, FORM)).toEqual({
      kind: 'failed',
      reason: 'too_large',
    });
    // The rest is what fits into the system's buffers.
    expect(written).toBeLessThan(64 * MIB);
    expect(process.memoryUsage.rss() - before).toBeLessThan(128 * MIB);
  });

  test('1 GB of gzip is decoded up to the limit and no further', async () => {
    const bomb = Buffer.concat(Array.from({ length: 1024 }, () => member));
    const server = await answering(bomb, 200, { 'content-encoding': 'gzip' });
    const before = process.memoryUsage.rss();
    expect(await caller({ allowPrivate: true }).call(server.url, FORM)).toEqual({
      kind: 'failed',
      reason: 'too_large',
    });
    expect(process.memoryUsage.rss() - before).toBeLessThan(128 * MIB);
  });
  const member = gzipSync(Buffer.alloc(MIB));

  test('an answer of 64 KiB is taken, and one more byte is too much', async () => {
    const frame = '{"success":true}';
    const pad = ' '.repeat(64 * 1024 - frame.length);
    const fits = await answering(frame + pad);
    expect(await caller({ allowPrivate: true }).call(fits.url, FORM)).toMatchObject({ kind: 'answered' });
    for (const encoding of ['identity', 'gzip']) {
      const body = `${frame}${pad} `;
      const headers = { 'content-encoding': encoding };
      const over = await answering(encoding === 'gzip' ? gzipSync(body) : body, 200, headers);
      expect(await caller({ allowPrivate: true }).call(over.url, FORM)).toEqual({
        kind: 'failed',
        reason: 'too_large',
      });
    }
  });

  test('headers without end are given up', async () => {
    const server = await listen(
      createServer((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\n${'X-Long: '.padEnd(MIB, 'x')}`);
      }),
    );
    const outcome = await caller({ allowPrivate: true }).call(`http://127.0.0.1:${portOf(server)}/`, FORM);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'unreachable' });
  });

  test('one origin has 20 calls under way at most, and takes nothing from the others', async () => {
    const clock = testClock();
    const held: ServerResponse[] = [];
    const full = Promise.withResolvers<void>();
    const tooMany = Promise.withResolvers<string>();
    const slow = await tpvServer((_request, response) => {
      if (held.push(response) === 20) full.resolve();
      if (held.length > 20) tooMany.resolve('called once more');
    });
    const other = await answering('{"success":true}');
    const { call } = caller({ allowPrivate: true, clock });
    const calls = Array.from({ length: 20 }, () => call(slow.url, FORM));
    await full.promise;
    expect(await Promise.race([call(slow.url, FORM), tooMany.promise])).toEqual({ kind: 'failed', reason: 'busy' });
    expect(await call(other.url, FORM)).toMatchObject({ kind: 'answered' });
    for (const response of held) response.end('{"success":true}');
    for (const outcome of await Promise.all(calls)) expect(outcome).toMatchObject({ kind: 'answered' });
  });
});

describe('the breaker', () => {
  const ORIGIN = 'https://tpv.example';
  const fail = (breaker: Breaker, times: number, origin = ORIGIN) => {
    for (let i = 0; i < times; i++) breaker.settle(origin, false);
  };

  test('five failures in a row open it, and no fewer', () => {
    const breaker = new Breaker(testClock());
    fail(breaker, 4);
    expect(breaker.admits(ORIGIN)).toBe(true);
    breaker.settle(ORIGIN, true);
    fail(breaker, 4);
    expect(breaker.admits(ORIGIN)).toBe(true);
    fail(breaker, 1);
    expect(breaker.admits(ORIGIN)).toBe(false);
    expect(breaker.admits('https://other.example')).toBe(true);
  });

  test('after 30 s one call is tried; its success closes it, its failure opens it again', async () => {
    const clock = testClock();
    const breaker = new Breaker(clock);
    fail(breaker, 5);
    await clock.advance(29_999);
    expect(breaker.admits(ORIGIN)).toBe(false);
    await clock.advance(1);
    expect([breaker.admits(ORIGIN), breaker.admits(ORIGIN)]).toEqual([true, false]);
    breaker.settle(ORIGIN, false);
    await clock.advance(29_999);
    expect(breaker.admits(ORIGIN)).toBe(false);
    await clock.advance(1);
    expect(breaker.admits(ORIGIN)).toBe(true);
    breaker.settle(ORIGIN, true);
    expect([breaker.admits(ORIGIN), breaker.admits(ORIGIN)]).toEqual([true, true]);
  });

  test('it forgets the origin that failed longest ago when it has a thousand', () => {
    const breaker = new Breaker(testClock());
    fail(breaker, 5, 'http://0');
    fail(breaker, 5, 'http://1');
    for (let i = 2; i < 1_001; i++) fail(breaker, 5, `http://${i}`);
    expect([breaker.admits('http://0'), breaker.admits('http://1'), breaker.admits('http://1000')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('an origin that keeps failing is not even looked up, until it works again', async () => {
    const clock = testClock();
    const server = await answering('{"success":true}');
    const lookup = vi.fn(async (): Promise<string[]> => []);
    const { call } = caller({ allowPrivate: true, clock, lookup });
    const url = `http://tpv.example:${server.port}/`;
    for (let i = 0; i < 5; i++) expect(await call(url, FORM)).toMatchObject({ reason: 'unreachable' });
    expect(await call(url, FORM)).toEqual({ kind: 'failed', reason: 'circuit_open' });
    expect(lookup).toHaveBeenCalledTimes(5);
    await clock.advance(30_000);
    lookup.mockResolvedValue(['127.0.0.1']);
    expect(await call(url, FORM)).toMatchObject({ kind: 'answered' });
    expect(await call(url, FORM)).toMatchObject({ kind: 'answered' });
  });

  test.each([
    ['{"success":false,"error":"Ya estaba"}', 200],
    ['{"error":"No existe","success":true,"mensaje":"x"}', 404],
    ['["no"]', 403],
  ])('%s with %i is an answer, however often', async (body, status) => {
    const { url } = await answering(body, status);
    const { call } = caller({ allowPrivate: true });
    for (let i = 0; i < 7; i++) expect(await call(url, FORM)).toMatchObject({ kind: 'answered', success: false });
  });

  test('JSON with 500 is no answer, and no reason to leave the TPV alone; a page is', async () => {
    const { call } = caller({ allowPrivate: true });
    const json = await answering('{"detail":"Internal"}', 500);
    for (let i = 0; i < 7; i++) expect(await call(json.url, FORM)).toMatchObject({ reason: 'status' });
    const page = await answering('<h1>Server Error</h1>', 500);
    for (let i = 0; i < 5; i++) expect(await call(page.url, FORM)).toMatchObject({ reason: 'status' });
    expect(await call(page.url, FORM)).toMatchObject({ reason: 'circuit_open' });
  });

  test('a TPV that keeps failing is left alone, and its neighbour at the same host is called on', async () => {
    const { url } = await answering('<h1>Server Error</h1>', 500);
    const { call } = caller({ allowPrivate: true });
    for (let i = 0; i < 5; i++) await call(url, FORM, 'one');
    expect(await call(url, FORM, 'one')).toMatchObject({ reason: 'circuit_open' });
    expect(await call(url, FORM, 'two')).toMatchObject({ reason: 'status' });
    expect(await call(url, FORM)).toMatchObject({ reason: 'status' });
  });
});

test('closing waits for calls under way, and takes no more', async () => {
  const asked = Promise.withResolvers<ServerResponse>();
  const server = await tpvServer((_request, response) => asked.resolve(response));
  const { call, close } = caller({ allowPrivate: true });
  const outcome = call(server.url, FORM);
  const response = await asked.promise;
  let isClosed = false;
  const closed = close().then(() => {
    isClosed = true;
  });
  expect(await call(server.url, FORM)).toEqual({ kind: 'failed', reason: 'closed' });
  expect(isClosed).toBe(false);
  response.end('{"success":true}');
  expect(await outcome).toMatchObject({ kind: 'answered' });
  await closed;
});

test('the system’s look-up gives addresses, and look-ups of one name at once are one', async () => {
  const lookup = systemLookup();
  const [one, two] = [lookup('localhost'), lookup('localhost')];
  expect(one).toBe(two);
  const addresses = await one;
  expect(addresses.length).toBeGreaterThan(0);
  expect(addresses.every((address) => isIP(address) !== 0)).toBe(true);
});

describe('origins', () => {
  test.each(DIALECTS)('those of active TPVs and of the administrator are called, on %s', async (dialect) => {
    const db = openDatabase({ DATABASE_URL: await freshDatabase(dialect), DATABASE_DURABILITY: 'full' });
    onTestFinished(() => db.close());
    await migrate(db);
    const tpv = (endpointUrl: string, active = true) =>
      registerTpv(
        db.transact,
        { name: 'TPV', endpointUrl, maxUsers: 1, version: '', metadata: {} },
        active,
        Date.UTC(2025, 10, 9),
      );
    const may = (url: string, tpvId: string | null = null) =>
      isCallableOrigin(db, ['https://allowed.example'], callableUrl(url)?.origin ?? 'no such URL', tpvId);

    const { id } = await tpv('https://TPV.example:443/base/path?x=1');
    await tpv('http://waiting.example', false);
    await tpv('http://user:password@odd.example');
    await tpv('no URL at all');
    const cases: [url: string, called: boolean][] = [
      ['https://tpv.example/', true],
      ['https://tpv.example:443/other?y=2', true],
      ['HTTPS://tpv.EXAMPLE/', true],
      ['https://allowed.example/x', true],
      ['http://tpv.example/', false],
      ['https://tpv.example:8443/', false],
      ['https://tpv.example./', false],
      ['https://sub.tpv.example/', false],
      ['https://tpv.example.evil.example/', false],
      ['https://tpv.example@evil.example/', false],
      ['https://evil.example/https://tpv.example/', false],
      ['https://evil.example\\@tpv.example/', false],
      ['http://waiting.example/', false],
      ['http://odd.example/', false],
      ['data:text/plain,x', false],
      ['null', false],
    ];
    for (const [url, called] of cases) {
      expect([url, await may(url)]).toEqual([url, called]);
      expect([url, await may(url, id)]).toEqual([url, called]);
    }
    // A TPV's button calls its own TPV, or what the administrator allowed (S31).
    const other = await tpv('https://other.example/');
    expect(await may('https://tpv.example/', other.id)).toBe(false);
    expect(await may('https://other.example/', id)).toBe(false);
    expect(await may('https://other.example/', other.id)).toBe(true);
    expect(await may('https://allowed.example/', other.id)).toBe(true);

    await db.transact((tx) => deactivate(tx, id));
    expect(await may('https://tpv.example/')).toBe(false);
    expect(await may('https://tpv.example/', id)).toBe(false);
    await db.transact((tx) => activate(tx, id, Date.UTC(2025, 10, 10)));
    expect(await may('https://tpv.example/')).toBe(true);
    await db.transact((tx) => deleteTpv(tx, id, Date.UTC(2025, 10, 10)));
    expect(await may('https://tpv.example/')).toBe(false);
  });
});
