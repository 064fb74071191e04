import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { download } from '../../src/callbacks/download.ts';
import { testClock } from '../support/clock.ts';
import { tpvServer } from '../support/tpv-server.ts';

// docs/security.md, S40 and row 39.

const never = new AbortController().signal;

/** Fetches with names that stand for what the test says; private addresses are allowed for these origins alone. */
function fetching(names: Record<string, string[]>, allowed: readonly string[] = []) {
  const looked: string[] = [];
  const ports = {
    allowPrivate: async (origin: string) => allowed.includes(origin),
    clock: testClock(),
    async lookup(name: string) {
      looked.push(name);
      return names[name] ?? [];
    },
  };
  const fetched = (url: string) => download(ports, url, never, async (_head, body) => String(await buffer(body)));
  return { fetched, looked };
}

const file = () =>
  tpvServer((_call, response) => {
    response.end('a file');
    return undefined;
  });

test.each([
  ['loopback', ['127.0.0.1']],
  ['a public address and loopback', ['93.184.216.34', '127.0.0.1']],
  ['metadata', ['169.254.169.254']],
  ['loopback in IPv6', ['::ffff:127.0.0.1']],
])('a name that stands for %s is not connected to', async (_what, addresses) => {
  const server = await file();
  const { fetched } = fetching({ 'files.example': addresses });
  const url = server.origin.replace('127.0.0.1', 'files.example');
  expect(await fetched(`${url}/x.csv`)).toEqual({ kind: 'refused', reason: 'address' });
  expect(server.calls).toEqual([]);
});

test('a name is looked up once for each step, and what was looked up is connected to', async () => {
  const server = await file();
  const port = new URL(server.origin).port;
  const { fetched, looked } = fetching({ 'files.example': ['127.0.0.1'] }, [`http://files.example:${port}`]);
  expect(await fetched(`http://files.example:${port}/x.csv`)).toEqual({ kind: 'saved', saved: 'a file' });
  expect(looked).toEqual(['files.example']);
});

test('a redirect from an allowed private origin to another private one is refused', async () => {
  const inside = await file();
  const own = await tpvServer((_call, response) => {
    response.writeHead(302, { location: `${inside.origin}/x.csv` }).end();
    return undefined;
  });
  const { fetched } = fetching({}, [own.origin]);
  expect(await fetched(`${own.origin}/x.csv`)).toEqual({ kind: 'refused', reason: 'address' });
  expect([own.calls.length, inside.calls.length]).toEqual([1, 0]);
});

test('nothing but the URL is told to a file’s server', async () => {
  const own = await file();
  const { fetched } = fetching({}, [own.origin]);
  await fetched(`${own.origin}/x.csv?a=1#fragment`);
  expect(own.requests.map(({ headers, body }) => [Object.keys(headers).sort(), body])).toEqual([
    [['accept', 'accept-encoding', 'connection', 'host', 'user-agent'], ''],
  ]);
});
