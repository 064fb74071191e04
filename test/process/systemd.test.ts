import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { openDatabase } from '../../src/db/open.ts';
import { type ServiceManager, serviceManager } from '../../src/process/systemd.ts';
import { SystemdNotify } from '../../src/process/systemd-notify.ts';
import { testClock } from '../support/clock.ts';
import { freshDatabase } from '../support/hub.ts';
import { startHubProcess } from '../support/hub-process.ts';
import { keptLog } from '../support/log.ts';
import { type NotifySocket, notifySocket } from '../support/notify-socket.ts';
import { createPostgresDatabase } from '../support/postgres.ts';
import { testFolder } from '../support/test-folder.ts';
import { WAIT_MS } from '../support/within.ts';

const READY = ['STATUS=Listening', 'READY=1'];
const STOPPING = ['STATUS=Draining', 'STOPPING=1'];
/** The watchdog of these tests, and half of it. */
const WATCHDOG_USEC = '60000000';
const FEED_MS = 30_000;

function managed(socket: NotifySocket, env: Record<string, string> = {}) {
  const clock = testClock();
  const { log, lines } = keptLog();
  const all = { NOTIFY_SOCKET: socket.path, PATH: process.env.PATH, WATCHDOG_USEC, ...env };
  return { clock, lines, manager: serviceManager({ env: all, clock, log }) };
}

/** Resolves once all that was said before was heard. */
async function stopped(manager: ServiceManager, socket: NotifySocket): Promise<void> {
  await manager.stopping();
  await socket.hears('STOPPING=1');
}

/** A hub as a process of systemd, with a watchdog that is fed ten times a second. */
async function watchedHub(databaseUrl: string) {
  const socket = await notifySocket();
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  const env = { NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: '200000' };
  const hub = await startHubProcess({ databaseUrl, emulator, env });
  await socket.hears('WATCHDOG=1');
  return { hub, socket, fed: () => socket.told.filter((told) => told === 'WATCHDOG=1').length };
}

test('a hub that systemd started says when it listens, that it lives, and that it drains', async () => {
  const { hub, socket } = await watchedHub(await freshDatabase('sqlite'));
  hub.process.child.kill('SIGTERM');
  expect(await hub.process.ended).toBe(0);
  await socket.hears('STOPPING=1');
  expect(socket.told.slice(0, 2)).toEqual([`STATUS=Listening on ${hub.url}`, 'READY=1']);
  expect(socket.told.slice(-2)).toEqual(STOPPING);
});

test('a hub that is not ready for a reason that a new start would find again is left running', async () => {
  const databaseUrl = await freshDatabase('sqlite');
  const { hub, fed } = await watchedHub(databaseUrl);
  const db = openDatabase({ DATABASE_URL: databaseUrl, DATABASE_DURABILITY: 'full' });
  onTestFinished(() => db.close());
  const migrations = db.writer.withTables<{ kysely_migration: { name: string; timestamp: string } }>();
  await migrations.insertInto('kysely_migration').values({ name: '9999-future', timestamp: '' }).execute();
  await vi.waitFor(async () => expect((await fetch(`${hub.url}/readyz`)).status).toBe(503), WAIT_MS);
  const before = fed();
  await vi.waitFor(() => expect(fed()).toBeGreaterThan(before + 1), WAIT_MS);
});

test('a hub whose database is gone is started anew', async () => {
  const { url, drop } = await createPostgresDatabase();
  const { hub } = await watchedHub(url);
  await drop();
  await hub.process.waitFor(
    /"problems":\["database_unavailable"\],"msg":"did not feed the watchdog: systemd restarts a hub that stays so"/,
  );
});

test('the watchdog is fed at half of its time, and not before', async () => {
  const socket = await notifySocket();
  const { clock, manager } = managed(socket, { WATCHDOG_PID: String(process.pid) });
  manager.ready('Listening', async () => []);
  await clock.advance(FEED_MS - 1);
  await socket.hears('READY=1');
  expect(socket.told).toEqual(READY);
  await clock.advance(1);
  await stopped(manager, socket);
  expect(socket.told).toEqual([...READY, 'WATCHDOG=1', ...STOPPING]);
});

test('the watchdog is fed again and again', async () => {
  const socket = await notifySocket();
  const { clock, manager } = managed(socket);
  manager.ready('Listening', async () => []);
  await vi.waitFor(async () => {
    await clock.advance(FEED_MS);
    expect(socket.told.filter((told) => told === 'WATCHDOG=1').length).toBeGreaterThan(2);
  }, WAIT_MS);
  await stopped(manager, socket);
});

test('a hub whose database does not answer leaves the watchdog hungry, and feeds it again afterwards', async () => {
  const socket = await notifySocket();
  const { clock, lines, manager } = managed(socket);
  const problems = vi
    .fn<() => Promise<string[]>>()
    .mockResolvedValueOnce(['la base de datos no responde'])
    .mockRejectedValueOnce(new Error('gone'))
    .mockResolvedValue([]);
  manager.ready('Listening', problems);
  await clock.advance(2 * FEED_MS);
  expect(
    lines.filter(({ msg }) => msg === 'did not feed the watchdog: systemd restarts a hub that stays so'),
  ).toHaveLength(2);
  await clock.advance(FEED_MS);
  await stopped(manager, socket);
  expect(socket.told).toEqual([...READY, 'WATCHDOG=1', ...STOPPING]);
});

test('a look at the database that never ends leaves the watchdog hungry, and is the only one', async () => {
  const socket = await notifySocket();
  const { clock, manager } = managed(socket);
  const problems = vi.fn(() => new Promise<string[]>(() => {}));
  manager.ready('Listening', problems);
  await clock.advance(5 * FEED_MS);
  await stopped(manager, socket);
  expect(socket.told).toEqual([...READY, ...STOPPING]);
  expect(problems).toHaveBeenCalledTimes(1);
});

test('a look at the database that ends while the hub stops feeds nothing any more', async () => {
  const socket = await notifySocket();
  const { clock, manager } = managed(socket);
  const look = Promise.withResolvers<string[]>();
  manager.ready('Listening', () => look.promise);
  await clock.advance(FEED_MS);
  const stopping = manager.stopping();
  look.resolve([]);
  await stopping;
  // Another word comes after all that the manager had to say.
  const after = new SystemdNotify(socket.path, process.env.PATH);
  onTestFinished(() => after.close());
  expect(await after.say('STATUS=after')).toBe(true);
  await socket.hears('STATUS=after');
  expect(socket.told).toEqual([...READY, ...STOPPING, 'STATUS=after']);
});

test.each([
  ['is not set', { WATCHDOG_USEC: '' }],
  ['is another process', { WATCHDOG_PID: '1' }],
  ['makes no sense', { WATCHDOG_USEC: 'soon' }],
])('a watchdog that %s is not fed', async (_why, env) => {
  const socket = await notifySocket();
  const { clock, manager } = managed(socket, env);
  manager.ready('Listening', async () => []);
  await clock.advance(5 * FEED_MS);
  await stopped(manager, socket);
  expect(socket.told).toEqual([...READY, ...STOPPING]);
});

test('a service manager that is gone is a warning and nothing else', async () => {
  const { log, lines } = keptLog();
  const env = { NOTIFY_SOCKET: '/nowhere/notify', PATH: process.env.PATH };
  const manager = serviceManager({ env, clock: testClock(), log });
  manager.ready('Listening', async () => []);
  await manager.stopping();
  const warning = { level: 40, msg: 'could not notify systemd' };
  expect(lines).toMatchObject([warning, warning]);
});

test('whoever carries the words may die, and is replaced', async () => {
  const dir = testFolder('messenger');
  // Kills the shell that runs it where it is told so.
  writeFileSync(join(dir, 'systemd-notify'), '#!/bin/sh\n[ "$1" = DIE ] && kill -9 "$PPID"\nexit 0\n', { mode: 0o755 });
  const messenger = new SystemdNotify('/nowhere/notify', dir);
  onTestFinished(() => messenger.close());
  const told = ['READY=1', 'DIE', 'STATUS=lost'].map((word) => messenger.say(word));
  expect(await Promise.all(told)).toEqual([true, false, false]);
  expect(await messenger.say('WATCHDOG=1')).toBe(true);
});

test('without a service manager nothing is said and nothing is looked at', async () => {
  const clock = testClock();
  const { log, lines } = keptLog();
  const problems = vi.fn(async () => []);
  const manager = serviceManager({ env: { WATCHDOG_USEC }, clock, log });
  manager.ready('Listening', problems);
  await clock.advance(5 * FEED_MS);
  await manager.stopping();
  expect(problems).not.toHaveBeenCalled();
  expect(lines).toEqual([]);
});
