import { beforeAll, expect, test } from 'vitest';
import { DEBIAN_INSTALL_MS, debianProgram } from '../support/debian.ts';
import { PROGRAMS_MS } from '../support/within.ts';
import { clockCorrected } from './clock-corrected.ts';
import { diskFull } from './disk-full.ts';
import { mayMount } from './small-disk.ts';

beforeAll(() => debianProgram('cc', 'build-essential'), DEBIAN_INSTALL_MS);

const NOTHING_LOST = { lost: 0, unseen: 0, doubledRows: 0, strangeAnswers: [], cut: 0 };

test('a clock that is set a day ahead and back under load loses, expires and repeats nothing', {
  timeout: PROGRAMS_MS,
}, async () => {
  const result = await clockCorrected({ perSecond: 50, corrections: 4, database: 'sqlite' });
  expect(result).toMatchObject({ ...NOTHING_LOST, days: 3, failed: 0, handedOutAgain: 0 });
  expect(result.accepted).toBeGreaterThan(0);
});

test('a PostgreSQL whose disk is full under load loses nothing that got 200, and the hub goes on by itself', {
  timeout: PROGRAMS_MS,
}, async ({ skip }) => {
  if (!mayMount()) skip('it mounts a disk');
  const result = await diskFull({ perSecond: 50, database: 'postgres', fullSeconds: 5, times: 1 });
  expect(result).toMatchObject({ ...NOTHING_LOST, named: expect.arrayContaining(['disk_full']) });
  expect(result.accepted).toBeGreaterThan(0);
});
