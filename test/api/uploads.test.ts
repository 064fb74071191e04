import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { buildApp } from '../../src/api/app.ts';
import { acceptForms, type MultipartPush, readPushForm } from '../../src/api/multipart.ts';
import { uploadStore } from '../../src/push/uploads.ts';
import { SPANISH } from '../../src/wording/wording.ts';
import { fetchJson } from '../support/hub.ts';
import { keptLog, logsOf } from '../support/log.ts';
import { WAIT_MS } from '../support/within.ts';

const MEGABYTE = 1024 * 1024;
const HOUR = 3_600_000;

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hub-uploads-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, 'uploads');
}

function filesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

/** A server that takes pushes as forms and says what it read. */
async function startUploads() {
  const dir = folder();
  const store = uploadStore(dir, () => Date.now());
  const { log, lines } = keptLog();
  const app = await buildApp({
    logs: logsOf(log),
    trustProxy: 'loopback',
    elapsed: () => performance.now(),
    isCorsOrigin: () => false,
    socketPaths: [],
    wording: SPANISH,
  });
  const pushes: MultipartPush[] = [];
  await app.register(async (routes) => {
    await acceptForms(routes);
    routes.post('/push', async (request) => {
      const push = await readPushForm(request, store);
      pushes.push(push);
      return push;
    });
  });
  app.post('/json', async () => ({}));
  onTestFinished(() => app.close());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const post = async (form: FormData) => {
    const response = await fetch(`${url}/push`, { method: 'POST', body: form });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  return { url, dir, store, lines, pushes, post };
}

function form(fields: Record<string, string | File>): FormData {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) made.append(name, value);
  return made;
}

function file(bytes: number | string, name = 'foto.png', type = 'image/png'): File {
  return new File([typeof bytes === 'string' ? bytes : Buffer.alloc(bytes, 7)], name, { type });
}

/** A form by hand, for what no browser sends. */
function rawForm(parts: readonly [disposition: string, body: string][], close = true): { body: string; type: string } {
  const body = parts.map(([disposition, text]) => `--b\r\nContent-Disposition: ${disposition}\r\n\r\n${text}\r\n`);
  return { body: body.join('') + (close ? '--b--\r\n' : ''), type: 'multipart/form-data; boundary=b' };
}

test('fields come as in the JSON body, and the file is on the disk for this user alone', async () => {
  const uploads = await startUploads();
  const buttons = [[{ text: 'Ver', action: 'ver', data: { id: 5 } }]];
  const { status, body } = await uploads.post(
    form({
      telegram_user_id: '4503599627370497',
      message_type: 'photo',
      text: 'Tu pedido 🍕',
      parse_mode: 'none',
      disable_notification: 'true',
      single_use: 'false',
      expires_in: '600',
      data: '{}',
      photo: file('bytes', 'plató del día.png'),
      buttons: JSON.stringify(buttons),
    }),
  );
  expect(status).toBe(200);
  const path = body.upload.file.path;
  expect(body).toEqual({
    body: {
      telegram_user_id: 4503599627370497,
      message_type: 'photo',
      text: 'Tu pedido 🍕',
      parse_mode: 'none',
      disable_notification: true,
      single_use: false,
      expires_in: 600,
      data: {},
      buttons,
    },
    upload: {
      file: { path, name: 'plató del día.png', mimeType: 'image/png' },
      // printf bytes | sha256sum
      sha256: '277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9',
      bytes: 5,
    },
  });
  expect(readFileSync(path, 'utf8')).toBe('bytes');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(uploads.dir).mode & 0o777).toBe(0o700);
  await uploads.store.remove(body.upload.file);
  await uploads.store.remove(body.upload.file);
  expect(filesIn(uploads.dir)).toEqual([]);
});

test('a form without a file is its fields', async () => {
  const uploads = await startUploads();
  const data = { photo_url: 'https://example.com/a.jpg' };
  const { body } = await uploads.post(form({ message_type: 'photo', data: JSON.stringify(data) }));
  expect(body).toEqual({ body: { message_type: 'photo', data } });
});

test('text that is not what its field wants stays text, for the schema to refuse', async () => {
  const uploads = await startUploads();
  const fields = { telegram_user_id: '1e3', expires_in: '', single_use: 'yes', disable_notification: '1' };
  expect((await uploads.post(form(fields))).body).toEqual({ body: fields });
});

test('names and types of a file are made safe', async () => {
  const uploads = await startUploads();
  const names: [given: string, kept: string][] = [
    ['../../../etc/cron.d/x', 'x'],
    ['..\\..\\x.exe', 'x.exe'],
    ['..', 'documento'],
    [`${'ñ'.repeat(300)}.pdf`, `${'ñ'.repeat(125)}.pdf`],
  ];
  for (const [given, kept] of names) {
    const { body, type } = rawForm([
      ['form-data; name="message_type"', 'document'],
      [`form-data; name="document"; filename="${given}"\r\nContent-Type: a b`, 'x'],
    ]);
    const headers = { 'content-type': type };
    const answer = await fetchJson(`${uploads.url}/push`, { method: 'POST', body, headers });
    expect(answer.body.upload.file).toMatchObject({ name: kept, mimeType: 'application/octet-stream' });
    expect(answer.body.upload.file.path).toMatch(/uploads[/\\][0-9a-f-]{36}\.upload$/);
  }
});

describe('a form that does not fit is refused, and leaves nothing on the disk', () => {
  const photo = () => file('x');
  const wrong: [name: string, made: () => FormData, status: number, path: string][] = [
    ['an unknown field', () => form({ photo: photo(), message_type: 'photo', nombre: 'x' }), 400, 'nombre'],
    ['an unknown file', () => form({ message_type: 'photo', video: photo() }), 400, 'video'],
    ['a field as a file', () => form({ photo: photo(), text: photo() }), 400, ''],
    ['a file as a field', () => form({ message_type: 'photo', photo: 'x' }), 400, 'photo'],
    ['two files', () => form({ photo: photo(), document: photo(), message_type: 'photo' }), 400, ''],
    ['another kind of message', () => form({ photo: photo(), message_type: 'document' }), 400, 'message_type'],
    ['no kind of message', () => form({ photo: photo() }), 400, 'message_type'],
    ['an empty file', () => form({ message_type: 'photo', photo: file('') }), 400, 'photo'],
    ['JSON that is none', () => form({ photo: photo(), message_type: 'photo', data: '{' }), 400, 'data'],
    ['empty JSON', () => form({ photo: photo(), message_type: 'photo', buttons: '' }), 400, 'buttons'],
    ['__proto__ in JSON', () => form({ photo: photo(), message_type: 'photo', data: '{"__proto__":{}}' }), 400, 'data'],
    ['endlessly deep JSON', () => form({ photo: photo(), data: '['.repeat(500_000) }), 400, 'data'],
    ['a photo of 11 MB', () => form({ message_type: 'photo', photo: file(11 * MEGABYTE) }), 413, 'photo'],
    [
      'a document of 51 MB',
      () => form({ message_type: 'document', document: file(50 * MEGABYTE + 1) }),
      413,
      'document',
    ],
  ];
  test.each(wrong)('%s', async (_name, made, status, path) => {
    const uploads = await startUploads();
    const answer = await uploads.post(made());
    expect(answer).toMatchObject({
      status,
      body: { code: status === 413 ? 'payload_too_large' : 'invalid_request', details: [{ path }] },
    });
    expect(filesIn(uploads.dir)).toEqual([]);
    expect(uploads.lines.filter(({ level }) => Number(level) > 30)).toEqual([]);
    // The connection, and the server, are fine.
    expect((await uploads.post(form({ message_type: 'photo', photo: photo() }))).status).toBe(200);
  });

  const broken: [name: string, made: { body: string; type: string }][] = [
    [
      'the same field twice',
      rawForm([
        ['form-data; name="text"', 'a'],
        ['form-data; name="text"', 'b'],
      ]),
    ],
    ['a field without a name', rawForm([['form-data', 'a']])],
    ['a field called __proto__', rawForm([['form-data; name="__proto__"', 'a']])],
    ['a field called constructor', rawForm([['form-data; name="constructor"', 'a']])],
    ['a field whose JSON is none', rawForm([['form-data; name="data"\r\nContent-Type: application/json', '{']])],
    ['too many fields', rawForm(Array.from({ length: 50 }, (_, i) => [`form-data; name="f${i}"`, 'a']))],
    ['too many files', rawForm(Array.from({ length: 50 }, () => ['form-data; name="photo"; filename="a"', 'a']))],
    ['a file without an end', rawForm([['form-data; name="photo"; filename="a"', 'abc']], false)],
    ['a body that is no form', { body: 'hola', type: 'multipart/form-data; boundary=b' }],
    ['no boundary', { body: 'hola', type: 'multipart/form-data' }],
  ];
  test.each(broken)('%s', async (_name, { body, type }) => {
    const uploads = await startUploads();
    const answer = await fetchJson(`${uploads.url}/push`, { method: 'POST', body, headers: { 'content-type': type } });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', details: [{}] } });
    expect(filesIn(uploads.dir)).toEqual([]);
    expect(uploads.lines.filter(({ level }) => Number(level) > 30)).toEqual([]);
  });

  test.each([
    ['one field of over 1 MB', { text: 'a'.repeat(MEGABYTE + 1) }],
    ['fields of over 1 MB together', { text: 'a'.repeat(MEGABYTE / 2), parse_mode: 'b'.repeat(MEGABYTE / 2) }],
  ])('%s', async (_name, fields) => {
    const uploads = await startUploads();
    const answer = await uploads.post(form({ photo: file('x'), message_type: 'photo', ...fields }));
    expect(answer).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
    expect(filesIn(uploads.dir)).toEqual([]);
  });
});

test('only the routes that read forms take them', async () => {
  const uploads = await startUploads();
  const response = await fetch(`${uploads.url}/json`, { method: 'POST', body: form({ text: 'a' }) });
  expect(response.status).toBe(415);
});

test('a connection can be used again after a photo that was too large', async () => {
  const uploads = await startUploads();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const send = async (photo: File) => {
    const made = new Response(form({ message_type: 'photo', photo }));
    const headers = { 'content-type': made.headers.get('content-type') ?? '' };
    const request = httpRequest(`${uploads.url}/push`, { method: 'POST', agent, headers });
    request.end(Buffer.from(await made.arrayBuffer()));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
    return [response.statusCode, request.reusedSocket];
  };
  expect(await send(file(11 * MEGABYTE))).toEqual([413, false]);
  expect(await send(file('x'))).toEqual([200, true]);
});

/** Begins a document of which the rest is the caller's to send. */
function begin(url: string, chunks: (write: (bytes: Buffer) => Promise<void>) => Promise<void>) {
  const request = httpRequest(`${url}/push`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  });
  const answer = once(request, 'response').then(async ([response]: IncomingMessage[]) => {
    const text = await (response as IncomingMessage)
      .setEncoding('utf8')
      .reduce((all: string, one: string) => all + one, '');
    return { status: response?.statusCode, body: JSON.parse(text) };
  });
  answer.catch(() => {});
  request.write(rawForm([['form-data; name="message_type"', 'document']], false).body);
  request.write('--b\r\nContent-Disposition: form-data; name="document"; filename="a.bin"\r\n\r\n');
  const sent = chunks(async (bytes) => {
    if (!request.write(bytes)) await once(request, 'drain');
  });
  return { request, answer, sent };
}

test('an upload that is cut in the middle leaves nothing', async () => {
  const uploads = await startUploads();
  const { request, sent } = begin(uploads.url, (write) => write(Buffer.alloc(200_000)));
  await sent;
  await vi.waitFor(
    () => expect(statSync(join(uploads.dir, filesIn(uploads.dir)[0] ?? '')).size).toBeGreaterThan(100_000),
    WAIT_MS,
  );
  request.on('error', () => {});
  request.destroy();
  await vi.waitFor(() => expect(filesIn(uploads.dir)).toEqual([]), WAIT_MS);
  expect(uploads.pushes).toEqual([]);
  expect((await uploads.post(form({ message_type: 'photo', photo: file('x') }))).status).toBe(200);
});

test('six documents of 30 MB at once pass through little memory', async () => {
  const uploads = await startUploads();
  const chunk = Buffer.alloc(64 * 1024, 1);
  let most = 0;
  const upload = async (megabytes: number) => {
    const { request, answer, sent } = begin(uploads.url, async (write) => {
      for (let i = 0; i < megabytes * 16; i++) {
        await write(chunk);
        most = Math.max(most, process.memoryUsage.rss());
      }
    });
    await sent;
    request.end('\r\n--b--\r\n');
    const { status, body } = await answer;
    expect([status, body.upload.bytes]).toEqual([200, megabytes * MEGABYTE]);
  };
  // What the process needs once: compiled code, pools.
  for (let i = 0; i < 10; i++) await upload(3);
  const before = process.memoryUsage.rss();
  most = before;
  await Promise.all(Array.from({ length: 6 }, () => upload(30)));
  // Kept whole they would be 180 MB; client and server share this process.
  expect((most - before) / MEGABYTE).toBeLessThan(110);
});

describe('the sweep', () => {
  test('deletes what came long ago and nobody wants, and nothing else', async () => {
    const dir = folder();
    let now = Date.UTC(2025, 10, 9);
    const store = uploadStore(dir, () => now);
    const save = async () => {
      const bytes = (async function* () {
        yield Buffer.from('x');
      })();
      const input = { part: 'photo', name: 'a', mimeType: 'image/png', limitBytes: 10 };
      return (await store.save(bytes, input)).file.path;
    };
    expect(await store.sweep(async () => false, HOUR)).toBe(0);
    const [wanted, orphan] = [await save(), await save()];
    writeFileSync(join(dir, 'notas.txt'), 'del administrador');
    now += HOUR;
    const young = await save();
    const asked: string[] = [];
    const keep = async (path: string) => {
      asked.push(path);
      return path === wanted;
    };
    expect(await store.sweep(keep, HOUR)).toBe(0);
    now += 1;
    expect(await store.sweep(keep, HOUR)).toBe(1);
    expect(asked.toSorted()).toEqual([wanted, orphan].toSorted());
    expect(filesIn(dir).toSorted()).toEqual(
      ['notas.txt', ...[wanted, young].map((p) => p.slice(dir.length + 1))].toSorted(),
    );
  });

  test('leaves alone what is still being written', async () => {
    const dir = folder();
    let now = Date.UTC(2025, 10, 9);
    const store = uploadStore(dir, () => now);
    const go = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const slow = (async function* () {
      yield Buffer.from('x');
      begun.resolve();
      await go.promise;
    })();
    const saving = store.save(slow, { part: 'photo', name: 'a', mimeType: 'image/png', limitBytes: 10 });
    await begun.promise;
    now += 2 * HOUR;
    expect(await store.sweep(async () => false, HOUR)).toBe(0);
    go.resolve();
    const { file: saved } = await saving;
    expect(readFileSync(saved.path, 'utf8')).toBe('x');
  });

  test('a disk that can’t be written is 503, and no fault of the upload', async () => {
    const dir = folder();
    writeFileSync(dir, 'a file where the folder should be');
    const store = uploadStore(dir, () => Date.now());
    const input = { part: 'photo', name: 'a', mimeType: 'image/png', limitBytes: 10 };
    const bytes = (async function* () {
      yield Buffer.from('x');
    })();
    await expect(store.save(bytes, input)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
