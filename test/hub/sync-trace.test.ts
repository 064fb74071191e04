import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { TpvSocket } from '../bench/tpv-socket.ts';
import { register } from '../chaos/register.ts';
import { DEBIAN_INSTALL_MS, debianProgram } from '../support/debian.ts';
import { fetchJson, messageUpdate, WEBHOOK_SECRET } from '../support/hub.ts';
import { HubUnderLoad } from '../support/hub-under-load.ts';

const UPDATES = 20;
/** A traced program is slow, and a busy machine starts one slowly. */
const TIMEOUT_MS = 300_000;
const TRACED = 'trace=pwrite64,fdatasync,fsync,write,writev,sendto,sendmsg,kill';

let strace = '';
beforeAll(async () => {
  strace = await debianProgram('strace', 'strace');
}, DEBIAN_INSTALL_MS);

/** A hub as it ships, in a process of its own. */
async function hubProcess(env: Record<string, string> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'sync-trace-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, 'hub.db');
  const hub = await HubUnderLoad.make(
    () => ({
      ...env,
      DATABASE_URL: `sqlite:${file}`,
      TELEGRAM_BOT_TOKEN: '1234567:made-up',
      TELEGRAM_WEBHOOK_SECRET: WEBHOOK_SECRET,
      TELEGRAM_API_ROOT: 'http://127.0.0.1:9',
      TELEGRAM_WEBHOOK_AUTO: 'false',
      TPV_REGISTRATION: 'open',
      LOG_LEVEL: 'fatal',
    }),
    { log: 'dropped' },
  );
  onTestFinished(() => hub.end('SIGKILL'));
  await hub.start();
  return { hub, dir, file };
}

const post = (hub: HubUnderLoad, id: number, text: string) =>
  fetchJson(new URL('/webhook/telegram/', hub.url).href, {
    method: 'POST',
    json: messageUpdate(id, text),
    headers: { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET },
  });

/** Follows the process's calls of the system; resolves once it does. */
async function trace(pid: number, output: string): Promise<ChildProcess> {
  const args = ['-f', '-y', '-s', '5000', '-e', TRACED, '-o', output, '-p', String(pid)];
  const tracer = spawn(strace, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  await once(tracer.stderr ?? tracer, 'data');
  return tracer;
}

/** Where syncs of the log began and ended, by lines; a call that was interrupted by another is on two of them. */
function syncsOf(lines: readonly string[]): { begins: number; ends: number }[] {
  const open = new Map<string, number>();
  const found: { begins: number; ends: number }[] = [];
  for (const [at, line] of lines.entries()) {
    const [thread = ''] = line.split(' ');
    if (/ f(data)?sync\(\d+<[^>]*-wal>\)\s+= 0/.test(line)) found.push({ begins: at, ends: at });
    else if (/ f(data)?sync\(\d+<[^>]*-wal> <unfinished/.test(line)) open.set(thread, at);
    else if (/<\.\.\. f(data)?sync resumed>\)\s+= 0/.test(line) && open.has(thread)) {
      found.push({ begins: open.get(thread) ?? at, ends: at });
      open.delete(thread);
    }
  }
  return found;
}

test('between the write of an update and its 200, and its frame, the log is synced', {
  timeout: TIMEOUT_MS,
}, async () => {
  const { hub, dir } = await hubProcess();
  const key = await register(hub.url.origin, 'Bar');
  let reported = 0;
  const socket = await TpvSocket.open(hub.url, key, { instruction: () => {}, reported: () => reported++ });
  const output = join(dir, 'calls');
  const tracer = await trace(hub.pid ?? 0, output);
  for (let id = 1; id <= UPDATES; id++) expect((await post(hub, id, `pedido-${id}-traced`)).status).toBe(200);
  // The frame follows the 200.
  await vi.waitUntil(() => reported === UPDATES, { timeout: TIMEOUT_MS });
  tracer.kill('SIGINT');
  await once(tracer, 'exit');
  socket.close();
  const lines = readFileSync(output, 'utf8').split('\n');
  const syncs = syncsOf(lines);
  const first = (from: number, what: (line: string) => boolean) =>
    lines.findIndex((line, at) => at > from && what(line));
  for (let id = 1; id <= UPDATES; id++) {
    const text = `pedido-${id}-traced`;
    const written = first(-1, (line) => line.includes('pwrite64(') && line.includes('-wal>') && line.includes(text));
    const answered = first(written, (line) => /write|send/.test(line) && line.includes('HTTP/1.1 200'));
    const framed = first(
      -1,
      (line) => !line.includes('pwrite64(') && line.includes('instruction') && line.includes(text),
    );
    expect([written, answered, framed].filter((at) => at < 0)).toEqual([]);
    const synced = syncs.find(({ begins }) => begins > written)?.ends ?? Number.POSITIVE_INFINITY;
    expect(synced).toBeLessThan(Math.min(answered, framed));
  }
});

test('a process whose disk fails a sync ends at once, says so, and confirms nothing', {
  timeout: TIMEOUT_MS,
}, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'failing-sync-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const broken = join(dir, 'broken');
  writeFileSync(
    join(dir, 'preload.cjs'),
    `const fs = require('node:fs');
const real = fs.fdatasync;
fs.fdatasync = (fd, done) =>
  fs.existsSync(${JSON.stringify(broken)}) ? setImmediate(done, Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })) : real(fd, done);
require('node:module').syncBuiltinESMExports();`,
  );
  const { hub, file } = await hubProcess({ NODE_OPTIONS: `--require ${join(dir, 'preload.cjs')}` });
  await register(hub.url.origin, 'Bar');
  expect((await post(hub, 1, 'kept')).status).toBe(200);
  const before = readFileSync(file);
  writeFileSync(broken, '');
  await expect(post(hub, 2, 'not kept')).rejects.toThrow();
  expect(await hub.ended()).toBe('SIGKILL');
  // Nothing was copied from the log into the file.
  expect(readFileSync(file).equals(before)).toBe(true);
  rmSync(broken);
  await hub.start();
  expect((await post(hub, 3, 'again')).status).toBe(200);
});
