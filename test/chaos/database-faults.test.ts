import { expect, test } from 'vitest';
import { PROGRAMS_MS } from '../support/within.ts';
import { databaseFaults } from './database-faults.ts';

test('a database that is locked, deleted and replaced under load loses nothing that got 200', {
  timeout: PROGRAMS_MS,
}, async () => {
  const result = await databaseFaults({ perSecond: 100, lockSeconds: 6 });
  expect(result).toMatchObject({
    lost: 0,
    unseen: 0,
    doubledRows: 0,
    strangeAnswers: [],
    cut: 0,
    named: {
      locked: expect.arrayContaining(['database_locked']),
      deleted: expect.arrayContaining(['database_lost']),
      replaced: expect.arrayContaining(['database_lost']),
    },
  });
  expect(result.accepted).toBeGreaterThan(0);
});
