import { expect, test } from 'vitest';
import { PROGRAMS_MS } from '../support/within.ts';
import { sdkFaults } from './sdk-faults.ts';

test('behind a bad network, hub and TPV killed, every instruction is done once and in its order', {
  timeout: PROGRAMS_MS,
}, async () => {
  const result = await sdkFaults({ faults: 30, instructions: 300, perSecond: 40, users: 20 });
  expect(result).toMatchObject({ missing: 0, doubled: 0, outOfOrder: 0, begunAgainUntold: 0, badlyEnded: 0 });
  expect(result.instructions).toBeGreaterThanOrEqual(300);
  expect(result.sessions.websocket + result.sessions.polling).toBeGreaterThan(1);
});
