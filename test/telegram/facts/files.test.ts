import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import type { Emulator } from '../../../demo/emulator/mod.ts';
import { telegramFiles } from '../../../src/telegram/outbound/file-download.ts';
import { refusal } from '../../support/bot.ts';
import { emulatorOnClock } from '../../support/facts.ts';

const ana = { id: 501, first_name: 'Ana' };
const MEGABYTE = 1024 * 1024;

/** Of the document that a person sent last. */
const fileId = (emulator: Emulator) => emulator.person(ana).chat.at(-1)?.document?.file_id ?? '';
const served = ({ apiRoot, token }: Emulator, path = '') => fetch(`${apiRoot}/file/bot${token}/${path}`);

test('a file of up to 20 MB is served below the bot’s token', async () => {
  const { emulator, api } = await emulatorOnClock();
  const person = emulator.person(ana);
  person.sendDocument({ bytes: Buffer.from('carta'), name: 'carta.pdf' });
  const { file_path: path } = await api.getFile(fileId(emulator));
  expect(path).toMatch(/^documents\/file_\d+\.pdf$/);
  expect(await (await served(emulator, path)).text()).toBe('carta');
  person.sendDocument({ bytes: Buffer.alloc(20 * MEGABYTE + 1), name: 'larga.pdf' });
  expect(await refusal(api.getFile(fileId(emulator)))).toBe('400 Bad Request: file is too big');
});

test('a server of one’s own serves no file, and names its path on the disk; the hub reads it there', async () => {
  const fileRoot = mkdtempSync(join(tmpdir(), 'bot-api-'));
  onTestFinished(() => rmSync(fileRoot, { recursive: true }));
  const { emulator, api } = await emulatorOnClock({ fileRoot });
  const { token, apiRoot } = emulator;
  emulator.person(ana).sendDocument({ bytes: Buffer.from('carta'), name: 'carta.pdf' });
  const id = fileId(emulator);
  const { file_path: path = '' } = await api.getFile(id);
  expect(path.startsWith(join(fileRoot, token, 'documents'))).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe('carta');
  expect((await served(emulator, path)).status).toBe(404);
  const { body } = await telegramFiles({ api, apiRoot, token, fileRoot })(id, undefined, new AbortController().signal);
  expect((await buffer(body)).toString()).toBe('carta');
});
