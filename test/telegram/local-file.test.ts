import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import type { HubError } from '../../src/errors.ts';
import { telegramApi } from '../../src/telegram/outbound/api.ts';
import { telegramFiles } from '../../src/telegram/outbound/file-download.ts';
import { SPANISH } from '../../src/wording/wording.ts';
import { tpvServer } from '../support/tpv-server.ts';

const TOKEN = '1:a-made-up-token';
const SERVERS_OWN = '/var/lib/telegram-bot-api';

/** The working folder of a local server, with one file of 10 bytes in it. */
function workingFolder(): string {
  const root = mkdtempSync(join(tmpdir(), 'bot-api-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, TOKEN, 'documents'), { recursive: true });
  writeFileSync(join(root, TOKEN, 'documents', 'file_0.pdf'), '0123456789');
  writeFileSync(join(root, TOKEN, 'documents', 'empty.txt'), '');
  return root;
}

async function filesOf(path: string, fileRoot: string | undefined) {
  const server = await tpvServer(() => ({ ok: true, result: { file_id: 'F', file_unique_id: 'f', file_path: path } }));
  const telegram = { token: TOKEN, apiRoot: server.origin };
  const open = telegramFiles({ api: telegramApi(telegram), ...telegram, fileRoot });
  return (range?: string) => open('F', range, new AbortController().signal);
}

test('a file on the local server’s disk is read from the folder, wherever it hangs there', async () => {
  const root = workingFolder();
  for (const folder of [SERVERS_OWN, root]) {
    const open = await filesOf(`${folder}/${TOKEN}/documents/file_0.pdf`, root);
    const { status, headers, body, name } = await open();
    expect([status, headers['content-length'], name]).toEqual([200, '10', 'file_0.pdf']);
    expect(await text(body)).toBe('0123456789');
  }
});

test.each([
  ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
  ['bytes=7-', 206, '789', 'bytes 7-9/10'],
  ['bytes=-3', 206, '789', 'bytes 7-9/10'],
  ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
  ['bytes=10-', 416, '', 'bytes */10'],
  ['bytes=5-4', 416, '', 'bytes */10'],
])('%s of it is %i %j', async (range, expected, content, contentRange) => {
  const open = await filesOf(`${SERVERS_OWN}/${TOKEN}/documents/file_0.pdf`, workingFolder());
  const { status, headers, body } = await open(range);
  expect([status, headers['content-range']]).toEqual([expected, contentRange]);
  expect(await text(body)).toBe(content);
});

test('an empty file is empty', async () => {
  const open = await filesOf(`${SERVERS_OWN}/${TOKEN}/documents/empty.txt`, workingFolder());
  const { status, body } = await open();
  expect([status, await text(body)]).toEqual([200, '']);
});

test('without a folder, without the file and out of the folder the cause is named, and never the token', async () => {
  const root = workingFolder();
  const outside = mkdtempSync(join(tmpdir(), 'outside-'));
  onTestFinished(() => rmSync(outside, { recursive: true }));
  writeFileSync(join(outside, 'secret.txt'), 'secret');
  symlinkSync(join(outside, 'secret.txt'), join(root, TOKEN, 'link.txt'));
  for (const [path, folder, sentence] of [
    [`${SERVERS_OWN}/${TOKEN}/documents/file_0.pdf`, undefined, /configura TELEGRAM_FILE_ROOT/],
    [`${SERVERS_OWN}/${TOKEN}/documents/gone.pdf`, root, /no está en TELEGRAM_FILE_ROOT/],
    [`${SERVERS_OWN}/${TOKEN}/link.txt`, root, /no está en TELEGRAM_FILE_ROOT/],
    [`${SERVERS_OWN}/${TOKEN}/../../${join(outside, 'secret.txt')}`, root, /no está en TELEGRAM_FILE_ROOT/],
    [join(outside, 'secret.txt'), root, /no está en TELEGRAM_FILE_ROOT/],
  ] as const) {
    const open = await filesOf(path, folder);
    const refused = await open().then(
      () => expect.unreachable(path),
      (error: HubError) => error,
    );
    const told = refused.told(SPANISH.words);
    expect([refused.code, told.details]).toMatchObject([
      'telegram_error',
      [{ message: expect.stringMatching(sentence) }],
    ]);
    expect(JSON.stringify([refused, told, String(refused)])).not.toContain('made-up');
  }
});
