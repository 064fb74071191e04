import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { HubApi, type HubFile } from '#hub-client';
import { ManualClock } from '../../client-sdk/src/testing/manual-clock.ts';
import { type Answer, type Call, startAnsweringServer } from './support/answering-server.ts';

const BYTES = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 256));

async function setUp(...answers: Answer[]) {
  const clock = new ManualClock();
  const server = await startAnsweringServer(...answers);
  return { clock, server, api: new HubApi({ url: server.url, apiKey: 'a-made-up-key', clock, maxAttempts: 1 }) };
}

function fileAnswer(headers: Record<string, string> = {}): Answer {
  return { status: 200, headers: { 'content-type': 'image/jpeg', ...headers }, body: BYTES };
}

test('a file has its type, its name, its size and its bytes', async () => {
  const { clock, server, api } = await setUp(
    fileAnswer({ 'content-disposition': 'attachment; filename="plato.jpg"', 'content-length': '100000' }),
  );
  const file = await api.file('AgACAgQ/with+odd=signs');
  expect(server.calls).toMatchObject([{ method: 'GET', path: '/api/tpv/files/AgACAgQ%2Fwith%2Bodd%3Dsigns/' }]);
  expect({ name: file.name, type: file.type, size: file.size }).toEqual({
    name: 'plato.jpg',
    type: 'image/jpeg',
    size: 100_000,
  });
  expect(Buffer.from(await file.bytes()).equals(BYTES)).toBe(true);
  expect(clock.timers).toBe(0);
});

test('its stream goes into Node’s own', async () => {
  const { api } = await setUp(fileAnswer());
  const { stream } = await api.file('x');
  const read = await buffer(Readable.from(stream));
  expect(read.equals(BYTES)).toBe(true);
});

test.each([
  ['attachment; filename="../../etc/passwd"', 'passwd'],
  ['attachment; filename="C:\\\\Temp\\\\carta.pdf"', 'carta.pdf'],
  ['attachment; filename="x.pdf"; filename*=UTF-8\'\'men%C3%BA%20%E2%82%AC.pdf', 'menú €.pdf'],
  ["attachment; filename*=UTF-8''%E0%A4%A; filename=plain.pdf", 'plain.pdf'],
  ['attachment; filename=".."', undefined],
  ['attachment', undefined],
])('the name in %s is %s', async (disposition, name) => {
  const { api } = await setUp(fileAnswer({ 'content-disposition': disposition }));
  const file = await api.file('x');
  expect(file.name).toBe(name);
  await file.stream.cancel();
});

test.each([
  [{ start: 40_000 }, 40_000, 99_999],
  [{ start: 0, end: 9 }, 0, 9],
  [{ start: 65_000, end: 66_000 }, 65_000, 66_000],
])('the bytes %o come, whether the hub knows ranges or not', async (range, first, last) => {
  const knows = (call: Call): Answer => {
    const [, start, end] = /^bytes=(\d+)-(\d*)$/.exec(call.headers.range ?? '') ?? [];
    const part = BYTES.subarray(Number(start), end === '' ? undefined : Number(end) + 1);
    return { status: 206, headers: { 'content-length': `${part.length}` }, body: part };
  };
  const answers: Answer[] = [
    (call, response) => {
      const answer = knows(call);
      if (typeof answer !== 'object') return;
      response.writeHead(answer.status, answer.headers).end(answer.body);
    },
    fileAnswer({ 'content-length': '100000' }),
  ];
  const { api } = await setUp(...answers);
  for (const _hub of answers) {
    const file: HubFile = await api.file('x', { range });
    expect(file.size).toBe(last - first + 1);
    expect(Buffer.from(await file.bytes()).equals(BYTES.subarray(first, last + 1))).toBe(true);
  }
});

test('a range that goes backwards is the caller’s fault', async () => {
  const { api } = await setUp(fileAnswer());
  await expect(api.file('x', { range: { start: 5, end: 4 } })).rejects.toMatchObject({ code: 'invalid_options' });
});

test('a file that is cut in the middle fails, and is never taken for whole', async () => {
  const { api } = await setUp((_call, response) => {
    response.writeHead(200, { 'content-length': '100000' });
    response.write(BYTES.subarray(0, 5_000), () => response.destroy());
  });
  const file = await api.file('x');
  await expect(file.bytes()).rejects.toMatchObject({ name: 'HubUnavailableError', code: 'unreachable' });
});

test('a file that stands still fails; a reader that thinks does not make it', async () => {
  const { clock, api } = await setUp((_call, response) => {
    response.writeHead(200, { 'content-length': '100000' });
    response.write(BYTES.subarray(0, 5_000));
  });
  const reader = (await api.file('x')).stream.getReader();
  let read = 0;
  while (read < 5_000) read += (await reader.read()).value?.byteLength ?? 0;
  await clock.advance(60_000);
  const next = reader.read();
  next.catch(() => {});
  await clock.advance(10_000);
  await expect(next).rejects.toMatchObject({ code: 'unreachable', message: expect.stringContaining('10000 ms') });
  expect(clock.timers).toBe(0);
});

test('a file that is not this TPV’s is not found', async () => {
  const { api } = await setUp({ status: 404, json: { error: 'No existe', code: 'not_found' } });
  await expect(api.file('x')).rejects.toMatchObject({ code: 'refused', hubCode: 'not_found', httpStatus: 404 });
});
