import { expect, TestRunner, test } from 'vitest';
import { hasPostgres } from '../support/postgres.ts';
import { runProcess } from '../support/process.ts';
import { PROGRAMS_MS } from '../support/within.ts';

test('the benchmark measures every part', { timeout: PROGRAMS_MS }, async () => {
  const runs = ['--seconds', '0.2', '--rounds', '1', '--rate', '100'];
  const parts = ['traffic', 'polls', 'press', 'sockets', 'rows', 'panel', 'loop'];
  const small = [...parts, ...runs, '--rows', '1000', '--sockets', '20', '--tpvs', '2', '--connections', '4'];
  const { code, stdout, stderr } = await runProcess(['test/bench/main.ts', ...small]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const row of [
    'update → 200',
    'update → report committed',
    'poll → 200',
    'press → TPV → answer shown',
    '1,000',
    '10 sockets',
    'instructions',
    'two pages in a browser',
    'while everything is',
  ]) {
    expect(stdout).toMatch(new RegExp(`^  ${row} +\\d`, 'm'));
  }
  expect(stdout).not.toMatch(/refused|NaN/);
});

test('the benchmark measures PostgreSQL in turns with SQLite, and from some milliseconds away', {
  timeout: PROGRAMS_MS,
}, async () => {
  if (!hasPostgres()) TestRunner.getCurrentTest()?.context.skip('it needs PostgreSQL');
  const small = ['--seconds', '0.2', '--rounds', '1', '--tpvs', '2', '--connections', '4', '--round-trip-ms', '2'];
  const { code, stdout, stderr } = await runProcess(['test/bench/main.ts', 'postgres', ...small]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^ {2}on SQLite +\d/m);
  expect(stdout).toMatch(/^ {2}on PostgreSQL beside it +\d/m);
  expect(stdout).toMatch(/PostgreSQL 2 ms away, 16 connections.*\n {2}update → report committed +\d/);
});

test('a wrong option of the benchmark is refused', async () => {
  const { code, stderr } = await runProcess(['test/bench/main.ts', '--rate', 'fast']);
  expect(code).toBe(64);
  expect(stderr).toMatch(/^--rate takes a whole number from 1, and not "fast"\.\n/);
});
