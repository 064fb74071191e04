import { expect, test } from 'vitest';
import { PROGRAMS_MS } from '../support/within.ts';
import { fuzz } from './fuzz/fuzz.ts';

test('a thousand requests, updates and frames, nearly right and wrong, meet no fault of the hub', {
  timeout: PROGRAMS_MS,
}, async () => {
  const result = await fuzz({ inputs: 1_000, seed: 11 });
  expect(result).toMatchObject({ inputs: 1_000, unexpected: [], faults: [], worksAfter: true, integrity: 'ok' });
  // They came far enough to be understood.
  expect(result.statuses['200']).toBeGreaterThan(200);
  expect(result.statuses['400']).toBeGreaterThan(100);
});
