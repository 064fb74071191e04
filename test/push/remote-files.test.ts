import { readdirSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { testClock } from '../support/clock.ts';
import { DIALECTS, type HubOptions } from '../support/hub.ts';
import { PERSON, type PushingHub, startPushing, type Told } from '../support/push.ts';
import { tpvServer } from '../support/tpv-server.ts';

const MEGABYTE = 1024 * 1024;
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
// 1 × 1 pixel.
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

type Serve = (response: ServerResponse, asked: number) => void;

const bytes =
  (type: string, body: Buffer): Serve =>
  (response) =>
    response.writeHead(200, { 'content-type': type, 'content-length': body.length }).end(body);
const status =
  (code: number): Serve =>
  (response) =>
    response.writeHead(code).end('an answer of the inside');

/** A server of files, and a hub that may fetch from it although it lies on this machine. */
async function startServing(files: Record<string, Serve>, options: HubOptions = {}) {
  const asked: string[] = [];
  const server = await tpvServer(({ path }, response) => {
    asked.push(path);
    const serve = files[path] ?? status(404);
    serve(response, asked.filter((one) => one === path).length);
    return undefined;
  });
  const env = { CALLBACK_ALLOW_PRIVATE: 'true', CALLBACK_ALLOWED_ORIGINS: server.origin, ...options.env };
  const hub = await startPushing({ ...options, env });
  const document = (path: string, fields: object = {}) =>
    hub.send({ message_type: 'document', data: { document_url: `${server.origin}${path}` }, ...fields });
  const photo = (path: string, fields: object = {}) =>
    hub.send({ message_type: 'photo', data: { photo_url: `${server.origin}${path}` }, ...fields });
  return { server, hub, asked, document, photo };
}

function filesOf({ databaseUrl }: PushingHub): string[] {
  try {
    return readdirSync(join(dirname(databaseUrl.slice('sqlite:'.length)), 'uploads'));
  } catch {
    return [];
  }
}

const messages = (hub: PushingHub) => hub.hub.db.read.selectFrom('push_messages').selectAll().orderBy('seq').execute();
/** How a message ended, however long the machine takes. */
async function settled(hub: PushingHub, { body }: Told, as: 'sent' | 'failed') {
  await expect.poll(() => stateOf(hub, body.push_message_id)).toMatchObject({ status: as });
  return stateOf(hub, body.push_message_id);
}

const stateOf = async (hub: PushingHub, id: string) => (await hub.one.fetch(`/api/tpv/push/${id}/`)).body;

describe.each(DIALECTS)('a file behind a URL that Telegram does not fetch, on %s', (database) => {
  test('a document of another type comes as an upload of its name, and Telegram is asked once', async () => {
    const sheet = Buffer.from('rows and columns');
    const { hub, document } = await startServing({ '/caja%20de%20hoy.xlsx': bytes(XLSX, sheet) }, { database });
    await document('/caja%20de%20hoy.xlsx', {
      text: 'La caja',
      buttons: [[{ text: 'Ver', action: 'a' }]],
    });
    expect(await hub.person.waitForMessage()).toMatchObject({
      document: { file_name: 'caja de hoy.xlsx', file_size: sheet.length },
      caption: 'La caja',
      reply_markup: { inline_keyboard: [[{ text: 'Ver' }]] },
    });
    // The message is in the chat a moment before its call has ended.
    await expect.poll(() => hub.calls()).toHaveLength(1);
  });

  test('a PDF of 21 MB, which Telegram refuses, is fetched; what follows in the chat waits for it', async () => {
    const { hub, asked, document } = await startServing(
      { '/carta.pdf': bytes('application/pdf', Buffer.alloc(21 * MEGABYTE, 'a')) },
      { database },
    );
    const sending = document('/carta.pdf');
    await expect.poll(() => asked).not.toEqual([]);
    const [first, second] = await Promise.all([sending, hub.send({ text: 'Esa es la carta' })]);
    await settled(hub, second, 'sent');
    await settled(hub, first, 'sent');
    expect(hub.person.chat.slice(-2).map(({ document, text }) => document?.file_size ?? text)).toEqual([
      21 * MEGABYTE,
      'Esa es la carta',
    ]);
  });
});

test('a photo of 6 MB, which Telegram refuses, is fetched, and its file goes once it was sent', async () => {
  const large = Buffer.concat([PNG, Buffer.alloc(6 * MEGABYTE)]);
  const { hub, photo } = await startServing({ '/plato': bytes('image/png', large) });
  await photo('/plato');
  expect((await hub.person.waitForMessage(({ photo: sizes }) => sizes !== undefined)).photo?.at(-1)).toMatchObject({
    file_size: large.length,
  });
  await expect.poll(() => filesOf(hub)).toEqual([]);
});

test('what Telegram fetches itself is not fetched by the hub', async () => {
  const { hub, asked, document, photo } = await startServing({
    '/carta.pdf': bytes('application/pdf', Buffer.from('%PDF')),
    '/plato.png': bytes('image/png', PNG),
  });
  await settled(hub, await document('/carta.pdf'), 'sent');
  await settled(hub, await photo('/plato.png'), 'sent');
  // The emulator, once each.
  expect(asked).toEqual(['/carta.pdf', '/plato.png']);
  expect(filesOf(hub)).toEqual([]);
});

test('a compressed file arrives as it was, one without a length too, and a program’s answer is named by its type', async () => {
  const text = 'plato;precio\n'.repeat(100);
  const { hub, document } = await startServing({
    '/precios.csv': (response) =>
      response
        .writeHead(200, { 'content-type': 'text/csv; charset=utf-8', 'content-encoding': 'gzip' })
        .end(gzipSync(text)),
    '/informe.php?dia=7': (response) => {
      response.writeHead(200, { 'content-type': 'text/csv' });
      response.write('a;');
      response.end('b');
    },
  });
  await document('/precios.csv');
  expect(await hub.person.waitForMessage()).toMatchObject({
    document: { file_name: 'precios.csv', file_size: text.length },
  });
  await document('/informe.php?dia=7');
  expect(await hub.person.waitForMessage()).toMatchObject({ document: { file_name: 'informe.csv', file_size: 3 } });
});

test('a redirect is followed; each of its steps is looked at', async () => {
  // It lies on this machine and is no TPV's.
  const inside = await tpvServer(() => ({ secret: 'the inside' }));
  const { hub, document, asked } = await startServing({
    '/a.docx': (response) => response.writeHead(302, { location: '/b.docx' }).end(),
    '/b.docx': bytes('application/octet-stream', Buffer.from('words')),
    '/c.docx': (response) => response.writeHead(307, { location: `${inside.origin}/x.docx` }).end(),
    '/d.docx': (response) => response.writeHead(301, { location: '/d.docx' }).end(),
    '/e.docx': (response) => response.writeHead(301, { location: 'file:///etc/passwd' }).end(),
  });
  await document('/a.docx');
  expect(await hub.person.waitForMessage()).toMatchObject({ document: { file_name: 'b.docx', file_size: 5 } });
  await settled(hub, await document('/c.docx'), 'failed');
  expect(inside.calls).toEqual([]);
  await settled(hub, await document('/d.docx'), 'failed');
  expect(asked.filter((path) => path === '/d.docx')).toHaveLength(6);
  await settled(hub, await document('/e.docx'), 'failed');
  const failed = (await messages(hub)).filter((row) => row.status === 'failed');
  expect(failed.map((row) => row.error_message)).toEqual([
    'la URL del fichero lleva a una dirección que el hub no visita',
    'la URL del fichero redirige demasiadas veces',
    'la URL del fichero no es http ni https, o lleva usuario y contraseña',
  ]);
});

test.each<[string, string, Serve, RegExp]>([
  ['is not there', '/x.docx', status(404), /^la URL del fichero respondió 404$/],
  ['is forbidden', '/x.docx', status(403), /^la URL del fichero respondió 403$/],
  ['is empty', '/x.docx', bytes('text/plain', Buffer.alloc(0)), /está vacío/],
  [
    'is announced as 60 MB',
    '/x.txt',
    (response) => response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 60 * MEGABYTE }).write('a'),
    /pesa más de 50 MB/,
  ],
  ['never ends', '/x.txt', endless, /pesa más de 50 MB/],
  [
    'is packed in an unknown way',
    '/x.txt',
    (response) => response.writeHead(200, { 'content-encoding': 'br' }).end('x'),
    /comprimido/,
  ],
  [
    'says that it is packed and is not',
    '/x.txt',
    (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('plain'),
    /comprimido/,
  ],
])('a document that %s has failed and says why, and no file stays', async (_what, path, serve, reason) => {
  const { hub, document } = await startServing({ [path]: serve });
  const told = await document(path);
  expect((await settled(hub, told, 'failed')).error_message).toMatch(reason);
  await expect.poll(() => filesOf(hub)).toEqual([]);
  await settled(hub, await hub.send({ text: 'Después' }), 'sent');
});

test('a page in place of a photo has failed', async () => {
  const { hub, photo } = await startServing({ '/login': bytes('text/html', Buffer.from('<h1>Login</h1>')) });
  const { error_message: reason } = await settled(hub, await photo('/login'), 'failed');
  expect(reason).toBe('el fichero de su URL no sirve: es text/html, y no una imagen');
});

test('a server that fails is asked again after 1, 2, 4 … s, six times; meanwhile its message is pending', async () => {
  const clock = testClock();
  const { hub, document, asked } = await startServing({ '/x.csv': status(503) }, { clock });
  const answer = document('/x.csv');
  for (const [tries, ms] of [1_000, 2_000, 4_000, 8_000, 16_000].entries()) {
    await expect
      .poll(async () => (await messages(hub)).map((row) => [row.error_message, (row.not_before ?? 0) - clock.now()]))
      .toEqual([['la URL del fichero respondió 503', ms]]);
    expect(asked).toHaveLength(tries + 1);
    await clock.advance(ms);
  }
  await expect.poll(() => messages(hub)).toMatchObject([{ status: 'failed', attempts: 0 }]);
  expect((await answer).body).toMatchObject({ status: 'pending' });
  expect(asked).toHaveLength(6);
  expect(hub.calls()).toEqual([]);
});

test('a server that comes back gives its file', async () => {
  const clock = testClock();
  const file = bytes('text/csv', Buffer.from('a;b'));
  const { hub, document } = await startServing(
    { '/x.csv': (response, times) => (times === 1 ? response.destroy() : file(response, times)) },
    { clock },
  );
  const answer = document('/x.csv');
  await expect.poll(() => messages(hub)).toMatchObject([{ error_message: expect.stringMatching(/no responde/) }]);
  await clock.advance(1_000);
  expect(await hub.person.waitForMessage()).toMatchObject({ document: { file_name: 'x.csv' } });
  expect((await answer).body).toMatchObject({ status: 'sent' });
});

test('a server that is silent for 10 s is asked again, and one that drips is given 60 s', async () => {
  const clock = testClock();
  const { hub, document, asked } = await startServing(
    {
      '/silent.csv': (response) => response.writeHead(200, { 'content-type': 'text/csv' }).flushHeaders(),
      '/drips.csv': (response) => {
        drips = response.writeHead(200, { 'content-type': 'text/csv' });
      },
    },
    { clock },
  );
  let drips: ServerResponse | undefined;
  void document('/silent.csv');
  await expect.poll(() => asked).toEqual(['/silent.csv']);
  const reasons = async (ms: number) => {
    await clock.advance(ms);
    return (await messages(hub)).map((row) => row.error_message);
  };
  await expect.poll(() => reasons(1_000)).toEqual([expect.stringMatching(/tarda/)]);
  const other = 2001;
  hub.emulator.person({ id: other, first_name: 'Luis', started: true });
  await hub.message(10, 'Hola', other);
  void document('/drips.csv', { telegram_user_id: other });
  await expect.poll(() => drips).toBeDefined();
  await expect
    .poll(() => {
      drips?.write('a');
      return reasons(5_000);
    })
    .toEqual([expect.anything(), expect.stringMatching(/tarda/)]);
});

test('a file that was not there is fetched where the message is sent again', async () => {
  const file = bytes('text/csv', Buffer.from('a;b'));
  const { hub, document } = await startServing({
    '/y.csv': (response, times) => (times === 1 ? status(404) : file)(response, times),
  });
  const told = await document('/y.csv');
  await settled(hub, told, 'failed');
  await hub.one.fetch(`/api/tpv/push/${told.body.push_message_id}/resend/`, { method: 'POST' });
  expect(await hub.person.waitForMessage()).toMatchObject({ document: { file_name: 'y.csv' } });
});

test('files that hang hold up neither another chat nor the rest of the hub, and two at once are one TPV’s', async () => {
  const clock = testClock();
  let hanging = 0;
  const { hub, document } = await startServing({ '/x.csv': () => hanging++ }, { clock });
  const others = [2001, 2002, 2003, 2004];
  for (const [at, id] of others.entries()) {
    hub.emulator.person({ id, first_name: 'Luis', started: true });
    await hub.message(10 + at, 'Hola', id);
  }
  const waiting = others.map((id) => document('/x.csv', { telegram_user_id: id }));
  const documents = async () => (await messages(hub)).filter(({ kind }) => kind === 'document');
  await expect.poll(documents).toHaveLength(4);
  await expect.poll(() => hanging).toBe(2);
  await settled(hub, await hub.send({ text: 'Otra cosa' }), 'sent');
  expect(hanging).toBe(2);
  expect(await documents()).toMatchObject(others.map(() => ({ status: 'pending', attempts: 0 })));
  await clock.advance(10_000);
  for (const { body } of await Promise.all(waiting)) expect(body).toMatchObject({ status: 'pending' });
});

test('a private address is none that the hub visits, but the TPV’s own where private ones are allowed', async () => {
  const server = await tpvServer((_call, response) => {
    response.writeHead(200, { 'content-type': 'text/csv' }).end('a;b');
    return undefined;
  });
  const urls = [
    'http://127.0.0.1:10/x.csv',
    'http://localhost:10/x.csv',
    'http://169.254.169.254/x.csv',
    'http://[::ffff:7f00:1]/x.csv',
  ];
  const hub = await startPushing({ env: { CALLBACK_ALLOW_PRIVATE: 'true' } });
  for (const document_url of [...urls, `${server.origin}/x.csv`]) {
    const told = await hub.send({ message_type: 'document', data: { document_url } });
    expect((await settled(hub, told, 'failed')).error_message).toBe(
      'la URL del fichero lleva a una dirección que el hub no visita',
    );
  }
  expect(server.calls).toEqual([]);
  await hub.admin(`/api/admin/tpvs/${hub.one.id}`, { method: 'PATCH', json: { endpoint_url: `${server.origin}/` } });
  const own = { document_url: `${server.origin}/x.csv` };
  await settled(hub, await hub.send({ message_type: 'document', data: own }), 'sent');
});

test('what became of a file of a URL is told in English where that is the hub’s language', async () => {
  const { hub, document } = await startServing({ '/x.docx': status(404) }, { env: { DEFAULT_LOCALE: 'en' } });
  const inside = { message_type: 'document', data: { document_url: 'http://127.0.0.1:10/x.csv' } };
  const wrong = 'the URL of the file leads to an address that the hub does not visit';
  expect((await settled(hub, await hub.send(inside), 'failed')).error_message).toBe(wrong);
  const missing = await settled(hub, await document('/x.docx'), 'failed');
  expect(missing.error_message).toBe('the URL of the file answered 404');
  const socket = await hub.one.socket();
  socket.send({ type: 'push', ref: 'p', telegram_user_id: PERSON, ...inside });
  expect((await socket.next('result')).error).toMatchObject({
    code: 'telegram_error',
    details: [{ path: 'telegram', message: wrong }],
  });
  // The panel reads it in Spanish.
  expect((await messages(hub)).filter((row) => row.status === 'failed').at(-1)?.error_message).toBe(
    'la URL del fichero lleva a una dirección que el hub no visita',
  );
});

test('a file that was fetched waits with its message through a restart, and counts in the quota', async () => {
  const clock = testClock();
  const { hub, document, asked } = await startServing({ '/x.csv': bytes('text/csv', Buffer.from('a;b')) }, { clock });
  const how = { kind: 'error', code: 429, description: 'Too Many Requests', retryAfter: 4 * 3_600 } as const;
  const allow = hub.emulator.fail({ method: 'sendDocument', how });
  const { body } = await document('/x.csv');
  expect(body).toMatchObject({ status: 'pending' });
  const [row] = await hub.hub.db.read.selectFrom('push_messages').select('upload_bytes').execute();
  expect(row).toEqual({ upload_bytes: 3 });
  allow();
  await hub.close();
  const { emulator, databaseUrl } = hub;
  const again = await startPushing({ clock, emulator, databaseUrl });
  await clock.jump(3 * 3_600_000);
  expect(filesOf(again)).toHaveLength(1);
  await clock.jump(3_600_000 + 1_000);
  await hub.person.waitForMessage(({ document: file }) => file !== undefined);
  expect(asked).toEqual(['/x.csv']);
  await expect.poll(() => filesOf(again)).toEqual([]);
});

function endless(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/plain' });
  const chunk = Buffer.alloc(MEGABYTE, 'a');
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more).on('error', () => {});
  more();
}
