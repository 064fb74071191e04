import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/process.ts';
import { MUTATIONS } from './list.ts';
import { planted } from './mutation.ts';

test('each fault can still be planted: its text stands once in its file', () => {
  const faults = MUTATIONS.flatMap((mutation) => {
    const path = join(ROOT, mutation.file);
    if (!existsSync(path)) return [`${mutation.name}: ${mutation.file} is gone; name the file that has its text now`];
    const result = planted(mutation, readFileSync(path, 'utf8'));
    return 'fault' in result ? [`${mutation.name}: ${result.fault}`] : [];
  });
  expect(faults, 'correct test/mutations/faults: find the line that does the same now').toEqual([]);
});

test('each fault has a name of its own, and tests that are there', () => {
  const names = MUTATIONS.map(({ name }) => name);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  const tests = MUTATIONS.flatMap((one) => one.tests);
  expect(tests.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  expect(MUTATIONS.filter((one) => one.tests.length === 0).map(({ name }) => name)).toEqual([]);
});

test('at least sixty faults, some in each room', () => {
  expect(MUTATIONS.length).toBeGreaterThanOrEqual(60);
  const rooms = [
    ...['db', 'instructions', 'delivery', 'gateway', 'api', 'telegram/inbound', 'telegram/outbound', 'push', 'buttons'],
    ...['callbacks', 'users', 'assignment', 'tpvs', 'administrators', 'audit', 'settings', 'admin', 'observability'],
    ...['operations', 'config', 'process', 'log', 'cli'],
  ].map((room) => `src/${room}/`);
  const clientRooms = ['connection', 'connection/polling', 'http', 'memory', 'wire', 'work'];
  const expected = [...rooms, ...clientRooms.map((room) => `client-sdk/src/${room}/`)];
  expect(expected.filter((room) => !MUTATIONS.some(({ file }) => file.startsWith(room)))).toEqual([]);
});
