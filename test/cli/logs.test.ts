import { appendFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import { speaking } from '../../src/cli/language/say.ts';
import { logsCommand } from '../../src/cli/log/logs-command.ts';
import { systemClock } from '../../src/clock.ts';
import { openLogs } from '../../src/log/log.ts';
import { WAIT_MS } from '../support/within.ts';

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hub-logs-command-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Runs the command; `text` is what it printed so far. */
function logs(dir: string, options: Record<string, string | boolean> = {}, json = false) {
  const out = new PassThrough();
  let text = '';
  out.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const ending = new AbortController();
  const env = { LOG_DIR: dir, TIME_ZONE: 'Europe/Madrid' };
  const ports = { out, clock: systemClock(), json, signal: ending.signal };
  const ended = speaking('en', () => logsCommand({ env, words: [], options }, ports));
  onTestFinished(async () => {
    ending.abort();
    await ended.catch(() => {});
  });
  return {
    ended,
    get lines() {
      return text.split('\n').filter(Boolean);
    },
  };
}

function write(dir: string, log: 'access' | 'error', file: string, lines: object[]): string {
  mkdirSync(join(dir, log), { recursive: true });
  const path = join(dir, log, `${log}.${file}.log`);
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return path;
}

const AT = Date.parse('2026-11-28T11:00:00Z');
/** Files of two days, of which one had to be closed early, and the program's. */
function twoDays(): string {
  const dir = folder();
  write(dir, 'access', '2026-11-27.1', [
    { level: 30, time: AT - 86_400_000, method: 'GET', path: '/old', status: 200 },
  ]);
  write(dir, 'access', '2026-11-28.10', [{ level: 30, time: AT + 3_000, push: 'failed', push_message_id: 'p1' }]);
  write(dir, 'access', '2026-11-28.9', [
    { level: 30, time: AT, method: 'POST', path: '/webhook/telegram/', status: 200, update_id: 7 },
    { level: 30, time: AT + 2_000, method: 'GET', path: '/readyz', status: 503 },
  ]);
  write(dir, 'error', '2026-11-28.1', [
    { level: 30, time: AT - 1_000, msg: 'ValleTPV Hub is ready', mode: 'webhook' },
    {
      level: 40,
      time: AT + 1_000,
      msg: 'not ready',
      err: { type: 'Error', message: 'no \u001b[31mdisk', stack: 'at x' },
    },
  ]);
  return dir;
}

test('both logs come in the order of time, over all of their files, in the restaurant’s time', async () => {
  const all = logs(twoDays(), { since: '2026-01-01' });
  await all.ended;
  expect(all.lines).toEqual([
    '2026-11-27 12:00:00 info  GET /old 200',
    '2026-11-28 11:59:59 info  ValleTPV Hub is ready mode=webhook',
    '2026-11-28 12:00:00 info  POST /webhook/telegram/ 200 update_id=7',
    '2026-11-28 12:00:01 warn  not ready err=Error: no  [31mdisk',
    '2026-11-28 12:00:02 info  GET /readyz 503',
    '2026-11-28 12:00:03 info  push=failed push_message_id=p1',
  ]);
});

test('--errors leaves what failed, --since what is newer, --json the lines as they are', async () => {
  const dir = twoDays();
  const errors = logs(dir, { since: '2026-11-28T11:00:02Z', errors: true }, true);
  await errors.ended;
  expect(errors.lines.map((line) => JSON.parse(line).time - AT)).toEqual([2_000, 3_000]);
  // A file that was closed before then is not even read.
  const old = write(dir, 'access', '2026-11-26.1', [{ level: 60, time: AT + 4_000, msg: 'what no clock wrote' }]);
  utimesSync(old, 0, 0);
  const again = logs(dir, { since: '2026-11-28T11:00:02Z', errors: true }, true);
  await again.ended;
  expect(again.lines).toEqual(errors.lines);
});

test('--follow goes on with what a hub writes, into the next file too', async () => {
  const dir = folder();
  const hub = await openLogs({ level: 'info', dir });
  hub.log.info('the first');
  await hub.flush();
  const followed = logs(dir, { since: '1d', follow: true });
  await vi.waitFor(() => expect(followed.lines).toEqual([expect.stringContaining('the first')]), WAIT_MS);
  // A line is shown once it is whole.
  const next = write(dir, 'access', '2999-01-01.1', []);
  appendFileSync(next, `{"level":30,"time":${Date.now()},"msg":"the`);
  hub.log.info('the second');
  await hub.flush();
  await vi.waitFor(() => expect(followed.lines).toHaveLength(2), WAIT_MS);
  appendFileSync(next, ' third"}\n');
  await vi.waitFor(() => expect(followed.lines[2]).toContain('the third'), WAIT_MS);
});

test('what is no time and no folder is refused', async () => {
  await expect(logs(folder(), { since: 'yesterday-ish' }).ended).rejects.toThrow('--since takes');
  const ports = { out: new PassThrough(), clock: systemClock(), json: false };
  const none = speaking('en', () => logsCommand({ env: {}, words: [], options: {} }, ports));
  await expect(none).rejects.toThrow('LOG_DIR is not set');
});
