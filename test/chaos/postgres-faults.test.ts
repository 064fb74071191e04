import { expect, test } from 'vitest';
import { PROGRAMS_MS } from '../support/within.ts';
import { postgresFaults } from './postgres-faults.ts';

test('PostgreSQL that lets nobody in, and a table that is locked, lose nothing that got 200', {
  timeout: PROGRAMS_MS,
}, async () => {
  const result = await postgresFaults({ perSecond: 50, goneSeconds: 3, lockSeconds: 6 });
  expect(result).toMatchObject({ lost: 0, unseen: 0, doubledRows: 0, strangeAnswers: [], cut: 0 });
  expect(result.accepted).toBeGreaterThan(0);
});
