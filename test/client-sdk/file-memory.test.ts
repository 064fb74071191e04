import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { fileMemory, type Memory, type Outcome } from '#hub-client';
import { instruction, online } from './support/scripted-hub.ts';

const DONE: Outcome = { status: 'completed', response: { text: '2 cañas ✅' } };

function freshPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sdk-memory-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'memory');
}

async function opened(path: string, options: Parameters<typeof fileMemory>[1] = {}): Promise<Memory> {
  const memory = fileMemory(path, options);
  await memory.open?.();
  onTestFinished(() => memory.close?.());
  return memory;
}

/** As if the process had been killed: the file stays as it is, and the lock is a dead process's. */
async function afterKill(bytes: Buffer, options: Parameters<typeof fileMemory>[1] = {}) {
  const copy = freshPath();
  writeFileSync(copy, bytes);
  return { path: copy, memory: await opened(copy, options) };
}

test('a handler that was killed is known to be interrupted, and one that stopped by itself is not', async () => {
  const path = freshPath();
  const memory = await opened(path);
  for (const id of ['killed', 'stopped']) await memory.begin(id);
  await memory.forget('stopped');
  await memory.finish('other', DONE);
  const after = (await afterKill(readFileSync(path))).memory;
  expect(await after.begin('killed')).toBe('interrupted');
  expect(await after.begin('stopped')).toBe('new');
});

test('how a handler ended is on the disk before its report leaves', async () => {
  const path = freshPath();
  const probe = await open(path, 'w+');
  onTestFinished(() => probe.close());
  const disk = Promise.withResolvers<void>();
  const syncing = Promise.withResolvers<'synced first'>();
  // Every file's; this one's machine takes its time.
  const prototype = Object.getPrototypeOf(probe);
  const datasync = vi.spyOn(prototype, 'datasync').mockImplementation(() => {
    syncing.resolve('synced first');
    return disk.promise;
  });
  onTestFinished(() => datasync.mockRestore());
  const { session } = await online((tpv) => tpv.on('process_message', () => 'two beers'), { memory: fileMemory(path) });
  session.give(instruction());
  let reported = false;
  const report = session.report().finally(() => {
    reported = true;
  });
  expect(await Promise.race([syncing.promise, report.then(() => 'reported first')])).toBe('synced first');
  // Whatever the client had to say by now has arrived.
  await session.read();
  expect(reported).toBe(false);
  disk.resolve();
  expect(await report).toMatchObject({ status: 'completed', response: 'two beers' });
  session.accept(await report);
});

test('where an interrupted run is to fail, it does, and stays failed', async () => {
  const path = freshPath();
  const memory = await opened(path, { onInterrupted: 'fail' });
  await memory.begin('killed');
  const after = await afterKill(readFileSync(path), { onInterrupted: 'fail' });
  expect(await after.memory.begin('killed')).toMatchObject({ status: 'failed' });
  const later = await afterKill(readFileSync(after.path));
  expect(await later.memory.begin('killed')).toMatchObject({ status: 'failed' });
});

test('cut at any byte, the file keeps every record before it, and goes on', async () => {
  const path = freshPath();
  const memory = await opened(path);
  for (const id of ['a', 'b']) {
    await memory.begin(id);
    await memory.finish(id, { ...DONE, response: id });
  }
  await memory.close?.();
  const whole = readFileSync(path);
  const ends = [...whole.keys()].filter((at) => whole[at] === 10);
  expect(ends).toHaveLength(4);
  const [, endOfA = 0, , endOfB = 0] = ends;
  for (let cut = 0; cut <= whole.length; cut++) {
    const copy = freshPath();
    writeFileSync(copy, whole.subarray(0, cut));
    const after = fileMemory(copy);
    await after.open?.();
    const knowsA = cut > endOfA;
    const knowsB = cut > endOfB;
    expect([cut, typeof (await after.begin('a'))]).toEqual([cut, knowsA ? 'object' : 'string']);
    expect([cut, typeof (await after.begin('b'))]).toEqual([cut, knowsB ? 'object' : 'string']);
    await after.finish('c', DONE);
    await after.close?.();
    const again = fileMemory(copy);
    await again.open?.();
    expect([cut, await again.begin('c')]).toEqual([cut, DONE]);
    await again.close?.();
  }
});

test('a broken line in the middle costs itself alone', async () => {
  const path = freshPath();
  const memory = await opened(path);
  await memory.finish('a', DONE);
  appendFileSync(path, 'not a record\n');
  const { memory: after, path: copy } = await afterKill(readFileSync(path));
  await after.finish('b', DONE);
  const last = (await afterKill(readFileSync(copy))).memory;
  expect(await last.begin('a')).toEqual(DONE);
  expect(await last.begin('b')).toEqual(DONE);
});

test('the file stays small however much goes through it', async () => {
  const path = freshPath();
  const memory = await opened(path, { maxEntries: 10 });
  const response = 'x'.repeat(10_000);
  for (let n = 0; n < 400; n++) await memory.finish(`${n}`, { status: 'completed', response });
  expect(statSync(path).size).toBeLessThan(2 * 1024 * 1024);
  const after = (await afterKill(readFileSync(path), { maxEntries: 10 })).memory;
  expect(await after.begin('399')).toEqual({ status: 'completed', response });
  expect(await after.begin('0')).toBe('new');
});

test('one process at a time uses it, and a dead one does not count', async () => {
  const path = freshPath();
  const memory = await opened(path);
  await expect(fileMemory(path).open?.()).rejects.toMatchObject({ code: 'memory_locked' });
  await memory.close?.();
  expect(existsSync(`${path}.lock`)).toBe(false);
  // A process that lives: the one that runs these tests' worker. One that does not: it ended before this line.
  writeFileSync(`${path}.lock`, JSON.stringify({ pid: process.ppid }));
  await expect(fileMemory(path).open?.()).rejects.toMatchObject({ code: 'memory_locked' });
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  for (const left of [JSON.stringify({ pid }), JSON.stringify({ pid: process.ppid, started: 'another' }), 'torn']) {
    writeFileSync(`${path}.lock`, left);
    const after = fileMemory(path);
    await after.open?.();
    await after.close?.();
  }
});

// Two containers that share a folder, each with a process 1 of its own.
test.runIf(existsSync('/proc/self/ns/pid'))(
  'a process of another container counts for as long as it lives',
  async () => {
    const path = freshPath();
    const memory = await opened(path);
    const lock = `${path}.lock`;
    const mine = JSON.parse(readFileSync(lock, 'utf8'));
    const elsewhere = { ...mine, pid: process.pid, space: 'pid:[1]', host: 'bar-viejo' };
    const copy = freshPath();
    const socket = mine.socket;
    const beside = (name: string) => join(dirname(copy), name);
    // It lives: the socket of this very process, under another container's name.
    symlinkSync(join(dirname(path), socket), beside(socket));
    writeFileSync(`${copy}.lock`, JSON.stringify(elsewhere));
    await expect(fileMemory(copy).open?.()).rejects.toMatchObject({
      code: 'memory_locked',
      message: expect.stringContaining(`by process ${process.pid} of another container (host bar-viejo)`),
    });
    // Nothing tells whether it lives: two at once would be the worst.
    writeFileSync(`${copy}.lock`, JSON.stringify({ ...elsewhere, socket: undefined }));
    await expect(fileMemory(copy).open?.()).rejects.toMatchObject({ code: 'memory_locked' });
    // It is gone, or the machine was started anew since.
    await memory.close?.();
    expect(readdirSync(dirname(path))).toEqual(['memory']);
    for (const gone of [elsewhere, { ...elsewhere, socket: undefined, boot: 'another' }]) {
      writeFileSync(`${copy}.lock`, JSON.stringify(gone));
      const after = fileMemory(copy);
      await after.open?.();
      await after.close?.();
    }
    expect(readdirSync(dirname(copy))).toEqual(['memory']);
  },
);

test('two clients of one process may share it; the last one closes it', async () => {
  const path = freshPath();
  const memory = await opened(path);
  await memory.open?.();
  await memory.close?.();
  await memory.finish('a', DONE);
  await memory.close?.();
  await expect(memory.finish('b', DONE)).rejects.toMatchObject({ code: 'closed' });
});
