import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { type FastifyReply, fastify } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { type Column, sendCsv } from '../../src/admin/csv.ts';
import { cursorOf, everyRow, pageQuery } from '../../src/admin/page.ts';

const query = z.strictObject(pageQuery(z.tuple([z.int(), z.string().max(10)])));

test('a cursor gives back the key that it was made of, and goes into an address as it is', () => {
  const cursor = cursorOf([7, 'Núñez']);
  expect(cursor).toMatch(/^[\w-]+$/);
  expect(query.parse({ cursor })).toEqual({ limit: 50, cursor: [7, 'Núñez'] });
  expect(query.parse({ limit: '200' })).toEqual({ limit: 200 });
});

test('what is no cursor of this list is refused', () => {
  const others = [[7], ['7', 'a'], [7, 'a', 1], [7.5, 'a'], [7, 'x'.repeat(11)], { 0: 7, 1: 'a' }, null].map((key) =>
    Buffer.from(JSON.stringify(key)).toString('base64url'),
  );
  const good = cursorOf([7, 'a']);
  const nonsense = ['', 'x', '%', `${good}=`, ` ${good}`, `${good}!`, good.slice(0, -1), 'W'.repeat(501), '[7,"a"]'];
  for (const cursor of [...others, ...nonsense]) {
    const { success, error } = query.safeParse({ cursor });
    expect([cursor, success, error?.issues[0]?.path]).toEqual([cursor, false, ['cursor']]);
  }
  for (const limit of ['0', '201', '-1', '1e2', '1.5', '', ' 5', '99999']) {
    expect([limit, query.safeParse({ limit }).success]).toEqual([limit, false]);
  }
  expect(query.safeParse({ offset: '5' }).success).toBe(false);
});

interface Row {
  name: string;
  users: number;
  at?: number | string;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'Nombre', value: (row) => row.name },
  { title: 'Personas', value: (row) => row.users },
  { title: 'Nota', value: () => null },
  { title: 'Desde', time: (row) => row.at ?? null },
];

const TITLES = '"Nombre";"Personas";"Nota";"Desde"';

/** Serves a list as CSV, and gives back its address. */
async function serve(rows: () => AsyncIterable<Row>): Promise<string> {
  const app = fastify();
  app.get('/list.csv', (_request, reply: FastifyReply) =>
    sendCsv(reply, { name: 'tpvs', timeZone: 'Europe/Madrid' }, COLUMNS, rows()),
  );
  onTestFinished(() => app.close());
  return `${await app.listen({ port: 0, host: '127.0.0.1' })}/list.csv`;
}

test('a spreadsheet in Spain opens it, and runs nothing of what people are called', async () => {
  const names = [
    'Bar "La Esquina"; S.L.',
    '=1+1',
    '+34 600',
    '-5',
    '@ana',
    '\tx',
    '\r=1',
    'ñ 🍕',
    'a\nb',
    "'x",
    '1=1',
    '',
    '＝1+1',
    '＋34',
    '－5',
    '＠ana',
    '\n=1',
  ];
  const url = await serve(async function* () {
    for (const name of names) yield { name, users: -3 };
  });
  const response = await fetch(url);
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="tpvs.csv"');
  const bytes = Buffer.from(await response.arrayBuffer());
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const cells = [
    'Bar ""La Esquina""; S.L.',
    "'=1+1",
    "'+34 600",
    "'-5",
    "'@ana",
    "'\tx",
    "'\r=1",
    'ñ 🍕',
    'a\nb',
    "'x",
    '1=1',
    '',
    "'＝1+1",
    "'＋34",
    "'－5",
    "'＠ana",
    "'\n=1",
  ];
  const lines = [TITLES, ...cells.map((cell) => `"${cell}";"-3";"";""`)];
  expect(bytes.subarray(3).toString()).toBe(`${lines.join('\r\n')}\r\n`);
});

// S34
test('times are those of a clock on the wall, in summer and winter, as a spreadsheet reads them', async () => {
  const url = await serve(async function* () {
    yield { name: 'a', users: 1, at: Date.UTC(2026, 0, 2, 23, 4, 5) };
    yield { name: 'b', users: 1, at: '2026-07-02T23:04:05.678Z' };
  });
  const [, winter, summer] = (await (await fetch(url)).text()).split('\r\n');
  expect([winter, summer]).toEqual(['"a";"1";"";"2026-01-03 00:04:05"', '"b";"1";"";"2026-07-03 01:04:05"']);
});

test('an empty list has its titles', async () => {
  const url = await serve(async function* () {});
  expect((await (await fetch(url)).text()).trim()).toBe(TITLES);
});

test('a long list is read page by page, as fast as its reader takes it, and no further once the reader left', async () => {
  let pages = 0;
  const read = async (after = 0) => {
    pages++;
    const rows = Array.from({ length: 100 }, (_, i) => ({ name: 'x'.repeat(1_000), users: after * 100 + i }));
    return { rows, next: after + 1 };
  };
  let ended: () => void = () => {};
  const gone = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const url = await serve(async function* () {
    try {
      yield* everyRow(read);
    } finally {
      ended();
    }
  });
  const request = get(url);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  // It takes one chunk and then nothing more: what fits into sockets and buffers is a few megabytes.
  await once(response, 'readable');
  await expect
    .poll(() => {
      const before = pages;
      return new Promise((resolve) => setImmediate(() => resolve(pages === before && pages > 1)));
    })
    .toBe(true);
  expect(pages).toBeLessThan(300);
  response.destroy();
  await gone;
});

test('every row behind every page is read once, empty pages too', async () => {
  const pages = [
    { rows: [1, 2], next: 1 },
    { rows: [], next: 2 },
    { rows: [3], next: undefined },
  ];
  const read = async (after = 0) => pages[after] ?? { rows: [], next: undefined };
  expect(await Array.fromAsync(everyRow(read))).toEqual([1, 2, 3]);
});
