import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../demo/emulator/mod.ts';
import { freePort } from '../../demo/port.ts';
import { buildApp } from '../../src/api/app.ts';
import { failedSecrets } from '../../src/api/failed-secrets.ts';
import { fileRoutes } from '../../src/api/file-routes.ts';
import { systemClock } from '../../src/clock.ts';
import { jsonText } from '../../src/db/json-text.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/open.ts';
import { uuidv7 } from '../../src/ids.ts';
import { KeyedPaces } from '../../src/pace.ts';
import { attachment } from '../../src/push/attachment.ts';
import { fileName, formFileName, mimeType } from '../../src/push/file-name.ts';
import { telegramApi } from '../../src/telegram/outbound/api.ts';
import { telegramFiles } from '../../src/telegram/outbound/file-download.ts';
import { authenticate } from '../../src/tpvs/keys.ts';
import { registerTpv } from '../../src/tpvs/register.ts';
import { SPANISH } from '../../src/wording/wording.ts';
import { DIALECTS, type DialectUnderTest, freshDatabase } from '../support/hub.ts';
import { keptLog, logsOf } from '../support/log.ts';
import { WAIT_MS } from '../support/within.ts';

const MEGABYTE = 1024 * 1024;
const PERSON = 1001;

interface TestFile {
  fileId: string;
  name?: string;
  mimeType?: string;
}

interface Download {
  status: number;
  headers: Headers;
  bytes: Buffer;
}

/** The route for files over a real database; what it answers and logs must never hold the bot's token (S3). */
async function startFiles(telegram: { apiRoot: string; token: string }, database: DialectUnderTest = 'sqlite') {
  const db = openDatabase({ DATABASE_URL: await freshDatabase(database), DATABASE_DURABILITY: 'full' });
  onTestFinished(() => db.close());
  await migrate(db);
  const { log, lines } = keptLog();
  const app = await buildApp({
    logs: logsOf(log),
    trustProxy: 'loopback',
    elapsed: () => performance.now(),
    isCorsOrigin: () => false,
    socketPaths: [],
    wording: SPANISH,
  });
  const auth = {
    authenticate: (key: string) => authenticate(db, key, Date.now()),
    heard: () => {},
    failed: failedSecrets({ db, clock: systemClock(), onFault: () => {} }),
    paces: new KeyedPaces(),
    clock: { elapsed: () => performance.now() },
  };
  const openFile = telegramFiles({ api: telegramApi(telegram), ...telegram, fileRoot: undefined });
  await app.register(fileRoutes, { db, auth, openFile });
  onTestFinished(() => app.close());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });

  const secret = telegram.token.split(':')[1] ?? telegram.token;
  const leak = new RegExp(`${secret}|/file/bot`);
  return {
    url,
    lines,
    async tpv(isActive = true) {
      const registration = {
        name: 'Bar',
        endpointUrl: 'http://127.0.0.1:9',
        maxUsers: 9,
        version: '',
        metadata: {},
      };
      const { id, apiKey: key } = await registerTpv(db.transact, registration, isActive, Date.now());
      return {
        key,
        /** An instruction of this TPV that brought a file. */
        async got(file: TestFile): Promise<void> {
          const now = Date.now();
          const instructionId = uuidv7(now);
          await db.transact(async ({ kysely }) => {
            await kysely
              .insertInto('instructions')
              .values({
                id: instructionId,
                update_id: null,
                tpv_id: id,
                telegram_user_id: PERSON,
                telegram_username: null,
                command: 'process_message',
                payload: jsonText({}),
                status: 'pending',
                priority: 5,
                created_at: now,
                sent_at: null,
                delivered_at: null,
                completed_at: null,
                expires_at: now + 86_400_000,
                response: null,
                holder: null,
                due_at: null,
              })
              .execute();
            await kysely
              .insertInto('instruction_files')
              .values({
                file_id: file.fileId,
                instruction_id: instructionId,
                file_name: file.name ?? null,
                mime_type: file.mimeType ?? null,
              })
              .execute();
          });
        },
        async fetch(fileId: string, headers: Record<string, string> = {}): Promise<Download> {
          const address = `${url}/api/tpv/files/${fileId}/`;
          const response = await fetch(address, { headers: { authorization: `ApiKey ${key}`, ...headers } });
          const bytes = Buffer.from(await response.arrayBuffer());
          expect(JSON.stringify([...response.headers])).not.toMatch(leak);
          expect(bytes.subarray(0, 10_000).toString()).not.toMatch(leak);
          expect(JSON.stringify(lines)).not.toMatch(leak);
          return { status: response.status, headers: response.headers, bytes };
        },
      };
    },
  };
}

async function telegram(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator(options);
  onTestFinished(() => emulator.close());
  return emulator;
}

/** What a person sends; the id is what Telegram puts into the update. */
function document(emulator: Emulator, bytes: Buffer, name = 'carta.pdf', mimeType = 'application/pdf'): TestFile {
  const person = emulator.person({ id: PERSON, first_name: 'Ana' });
  person.sendDocument({ bytes, name, mimeType });
  const fileId = person.chat.at(-1)?.document?.file_id;
  if (fileId === undefined) throw new Error('The emulator made no document.');
  return { fileId, name, mimeType };
}

function errorOf({ bytes }: Download) {
  return JSON.parse(bytes.toString());
}

describe.each(DIALECTS)('on %s', (database) => {
  test('a file comes with its bytes, type and name', async () => {
    const emulator = await telegram();
    const files = await startFiles(emulator, database);
    const tpv = await files.tpv();
    const bytes = Buffer.alloc(3 * MEGABYTE, 'contenido ');
    const file = document(emulator, bytes, 'menú del día.pdf');
    await tpv.got(file);
    const answer = await tpv.fetch(file.fileId);
    expect(answer.status).toBe(200);
    expect(answer.bytes.equals(bytes)).toBe(true);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(bytes.length),
      'content-disposition':
        'attachment; filename="men_ del d_a.pdf"; filename*=UTF-8\'\'men%C3%BA%20del%20d%C3%ADa.pdf',
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
    });
  });

  test('a file is there for the TPV whose instruction brought it, and for no other', async () => {
    const emulator = await telegram();
    const files = await startFiles(emulator, database);
    const [mine, other, inactive] = [await files.tpv(), await files.tpv(), await files.tpv(false)];
    const file = document(emulator, Buffer.from('privado'));
    await mine.got(file);
    await inactive.got(file);
    expect((await mine.fetch(file.fileId)).status).toBe(200);
    const refused = await other.fetch(file.fileId);
    expect([refused.status, errorOf(refused).code]).toEqual([404, 'not_found']);
    expect((await inactive.fetch(file.fileId)).status).toBe(403);
    expect((await mine.fetch(file.fileId, { authorization: 'ApiKey tpv_wrong' })).status).toBe(401);
    // The same file sent to both: each has it under its own name.
    await other.got({ ...file, name: 'copia.pdf' });
    expect((await other.fetch(file.fileId)).headers.get('content-disposition')).toContain('copia.pdf');
    expect((await mine.fetch(file.fileId)).headers.get('content-disposition')).toContain('carta.pdf');
  });

  test.each(['AgACAgQAAxkBAAIB', '..%2F..%2Fetc', '%F0%9F%8D%95', `${'a'.repeat(251)}`])(
    'the id %s, which no instruction brought, is 404 and Telegram is not asked',
    async (fileId) => {
      const emulator = await telegram();
      const tpv = await (await startFiles(emulator, database)).tpv();
      const answer = await tpv.fetch(fileId);
      expect([answer.status, errorOf(answer).code]).toEqual([404, 'not_found']);
      expect(emulator.calls).toEqual([]);
    },
  );
});

test('a file that Telegram gives no type for gets the one that Telegram’s name stands for', async () => {
  const emulator = await telegram();
  const tpv = await (await startFiles(emulator)).tpv();
  const person = emulator.person({ id: PERSON, first_name: 'Ana' });
  person.sendPhoto({ bytes: Buffer.from('jpeg') });
  const fileId = person.chat.at(-1)?.photo?.at(-1)?.file_id ?? '';
  await tpv.got({ fileId });
  const { headers } = await tpv.fetch(fileId);
  expect(headers.get('content-type')).toBe('image/jpeg');
  expect(headers.get('content-disposition')).toMatch(/^attachment; filename="file_\d+\.jpg"; /);
});

test('a part of a file comes where Range asks for it', async () => {
  const emulator = await telegram();
  const tpv = await (await startFiles(emulator)).tpv();
  const file = document(emulator, Buffer.from('0123456789'));
  await tpv.got(file);
  const ask = async (range: string, headers = {}) => {
    const answer = await tpv.fetch(file.fileId, { range, ...headers });
    return [answer.status, answer.headers.get('content-range'), answer.bytes.toString()];
  };
  expect(await ask('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234']);
  expect(await ask('bytes=7-')).toEqual([206, 'bytes 7-9/10', '789']);
  expect(await ask('bytes=-2')).toEqual([206, 'bytes 8-9/10', '89']);
  expect(await ask('bytes=10-')).toEqual([416, 'bytes */10', '']);
  for (const ignored of ['bytes=', 'lines=1-2', 'bytes=0-1,4-5', 'bytes=a-b']) {
    expect(await ask(ignored)).toEqual([200, null, '0123456789']);
  }
  expect(await ask('bytes=2-4', { 'if-range': '"x"' })).toEqual([200, null, '0123456789']);
});

test('20 MB come, and one byte more is 413', async () => {
  const emulator = await telegram();
  const tpv = await (await startFiles(emulator)).tpv();
  const largest = document(emulator, Buffer.alloc(20 * MEGABYTE));
  const tooLarge = document(emulator, Buffer.alloc(20 * MEGABYTE + 1));
  await tpv.got(largest);
  await tpv.got(tooLarge);
  expect((await tpv.fetch(largest.fileId)).bytes.length).toBe(20 * MEGABYTE);
  const refused = await tpv.fetch(tooLarge.fileId);
  expect([refused.status, errorOf(refused).code]).toEqual([413, 'payload_too_large']);
});

test('the type and the name that a person chose can’t add headers', async () => {
  const emulator = await telegram();
  const tpv = await (await startFiles(emulator)).tpv();
  const file = document(emulator, Buffer.from('x'));
  await tpv.got({
    fileId: file.fileId,
    name: 'a"\r\nset-cookie: b=1\r\n\r\n<script>.html',
    mimeType: 'text/html\r\nset-cookie: b=1',
  });
  const { status, headers } = await tpv.fetch(file.fileId);
  expect([status, headers.get('set-cookie'), headers.get('content-type')]).toEqual([
    200,
    null,
    'application/octet-stream',
  ]);
  expect(headers.get('content-disposition')).toBe(
    'attachment; filename="a_set-cookie: b=1<script>.html"; ' +
      "filename*=UTF-8''a%22set-cookie%3A%20b%3D1%3Cscript%3E.html",
  );
});

test('HEAD does not fetch the file', async () => {
  const emulator = await telegram();
  const files = await startFiles(emulator);
  const tpv = await files.tpv();
  const file = document(emulator, Buffer.from('x'));
  await tpv.got(file);
  const headers = { authorization: `ApiKey ${tpv.key}` };
  const { status } = await fetch(`${files.url}/api/tpv/files/${file.fileId}`, { method: 'HEAD', headers });
  expect([status, emulator.calls.length]).toEqual([404, 0]);
});

describe('what Telegram refuses is passed on without the token', () => {
  const refusals = [
    ['getFile', 400, 'Bad Request: wrong file_id or the file is temporarily unavailable', 404, 'not_found'],
    ['getFile', 400, 'Bad Request: invalid file_id', 404, 'not_found'],
    ['getFile', 400, 'Bad Request: file is too big', 413, 'payload_too_large'],
    ['getFile', 401, 'Unauthorized', 502, 'telegram_error'],
    ['getFile', 500, 'Internal Server Error', 502, 'telegram_error'],
    ['downloadFile', 404, 'Not Found', 404, 'not_found'],
    ['downloadFile', 401, 'Unauthorized', 502, 'telegram_error'],
    ['downloadFile', 503, 'Service Unavailable', 502, 'telegram_error'],
  ] as const;
  test.each(refusals)('%s: %i %s', async (method, code, description, status, expected) => {
    const emulator = await telegram();
    const tpv = await (await startFiles(emulator)).tpv();
    const file = document(emulator, Buffer.from('x'));
    await tpv.got(file);
    emulator.fail({ method, times: 1, how: { kind: 'error', code, description } });
    const answer = await tpv.fetch(file.fileId);
    expect([answer.status, errorOf(answer).code]).toEqual([status, expected]);
    expect((await tpv.fetch(file.fileId)).status).toBe(200);
  });

  test('too many requests say when to come back', async () => {
    const emulator = await telegram();
    const tpv = await (await startFiles(emulator)).tpv();
    const file = document(emulator, Buffer.from('x'));
    await tpv.got(file);
    const description = 'Too Many Requests: retry after 7';
    emulator.fail({ method: 'getFile', how: { kind: 'error', code: 429, description, retryAfter: 7 } });
    const answer = await tpv.fetch(file.fileId);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([502, '7']);
  });

  test.each(['getFile', 'downloadFile'])('a connection that is cut at %s', async (method) => {
    const emulator = await telegram();
    const tpv = await (await startFiles(emulator)).tpv();
    const file = document(emulator, Buffer.from('x'));
    await tpv.got(file);
    emulator.fail({ method, how: { kind: 'reset' } });
    const answer = await tpv.fetch(file.fileId);
    expect([answer.status, errorOf(answer).code]).toEqual([502, 'telegram_error']);
  });

  test('nobody listens', async () => {
    // No other test's server gets this port once it is free.
    const emulator = await telegram({ port: await freePort() });
    const tpv = await (await startFiles(emulator)).tpv();
    const file = document(emulator, Buffer.from('x'));
    await tpv.got(file);
    await emulator.close();
    const answer = await tpv.fetch(file.fileId);
    expect([answer.status, errorOf(answer).code]).toEqual([502, 'telegram_error']);
  });
});

/** A Telegram whose downloads go on for ever, or never begin. */
async function endlessTelegram(begins: boolean) {
  const downloads: ServerResponse[] = [];
  const size = 20 * MEGABYTE;
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/getFile')) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ok: true, result: { file_id: 'f', file_unique_id: 'u', file_path: 'd/f.bin' } }));
      return;
    }
    downloads.push(response);
    if (begins) response.writeHead(200, { 'content-length': size }).write(Buffer.alloc(1_000));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  // A TCP server's address is an object; only pipes have a string.
  const { port } = server.address() as AddressInfo;
  return { telegram: { apiRoot: `http://127.0.0.1:${port}`, token: '7654321:another-made-up-token' }, downloads };
}

describe.each([
  ['while the file comes', true],
  ['before Telegram answers', false],
])('a client that goes away %s', (_when, begins) => {
  test('ends the download from Telegram, and disturbs nobody', async () => {
    const { telegram, downloads } = await endlessTelegram(begins);
    const files = await startFiles(telegram);
    const tpv = await files.tpv();
    await tpv.got({ fileId: 'f' });
    const gone = new AbortController();
    const headers = { authorization: `ApiKey ${tpv.key}` };
    const asked = fetch(`${files.url}/api/tpv/files/f/`, { headers, signal: gone.signal });
    asked.catch(() => {});
    await vi.waitFor(() => expect(downloads.length).toBe(1), WAIT_MS);
    if (begins) await (await asked).body?.getReader().read();
    gone.abort();
    // Well before any timeout would end it.
    await vi.waitFor(() => expect(downloads[0]).toMatchObject({ destroyed: true, writableFinished: false }), WAIT_MS);
    expect((await tpv.fetch('unknown')).status).toBe(404);
  });
});

test('a download that Telegram cuts in the middle is cut for the client', async () => {
  const { telegram, downloads } = await endlessTelegram(true);
  const files = await startFiles(telegram);
  const tpv = await files.tpv();
  await tpv.got({ fileId: 'f' });
  const answer = tpv.fetch('f');
  await vi.waitFor(() => expect(downloads.length).toBe(1), WAIT_MS);
  downloads[0]?.destroy();
  await expect(answer).rejects.toThrow();
  expect((await tpv.fetch('unknown')).status).toBe(404);
  expect(JSON.stringify(files.lines)).not.toContain('another-made-up-token');
});

describe('file names', () => {
  test.each([
    ['carta.pdf', 'carta.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\ana\\foto.jpg', 'foto.jpg'],
    ['a\r\nb\0.txt', 'ab.txt'],
    ['factura\u202Egpj.exe', 'facturagpj.exe'],
    ['..', 'otro'],
    ['', 'otro'],
    [undefined, 'otro'],
    ['  \t ', 'otro'],
    ['carpeta/', 'otro'],
    ['\ud800.txt', '\ufffd.txt'],
    ['👩‍🍳.png', '👩‍🍳.png'],
  ])('%j is kept as %j', (given, kept) => {
    expect(fileName(given, 'otro')).toBe(kept);
    expect(formFileName(given, 'otro')).toBe(kept);
  });

  // Telegram's reader of forms ends a value at the first of these.
  test.each([
    ['Factura; mesa 4.pdf', 'Factura_ mesa 4.pdf'],
    ['a;name=x.pdf', 'a_name=x.pdf'],
    ['"Carta".pdf', '_Carta_.pdf'],
    ['%22Carta%22.pdf', '_Carta_.pdf'],
    ['a%0D%0Ab.pdf', 'a__b.pdf'],
    ['Menú 5€ 🍺.pdf', 'Menú 5€ 🍺.pdf'],
  ])('%j goes to Telegram as %j', (given, sent) => {
    expect(formFileName(given, 'otro')).toBe(sent);
  });

  test('a long one is cut between characters, and keeps its extension', () => {
    const name = fileName(`${'ñ🍕'.repeat(200)}.pdf`, 'otro');
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    expect(Buffer.byteLength(name)).toBeGreaterThan(248);
    expect(name).toMatch(/^(ñ🍕)+ñ?\.pdf$/u);
    expect(Buffer.byteLength(fileName(`a.${'b'.repeat(300)}`, 'otro'))).toBe(255);
  });

  test('a header says a name in ASCII and in UTF-8', () => {
    expect(attachment('l\'été (1)*\\"%.pdf')).toBe(
      "attachment; filename=\"l'_t_ (1)*___.pdf\"; filename*=UTF-8''l%27%C3%A9t%C3%A9%20%281%29%2A%5C%22%25.pdf",
    );
  });

  test.each([
    ['image/PNG', 'image/png'],
    ['text/plain; charset=utf-8', 'text/plain'],
    ['image', undefined],
    ['text/html\r\nx: y', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('the type %j is %j', (given, type) => {
    expect(mimeType(given)).toBe(type);
  });
});
