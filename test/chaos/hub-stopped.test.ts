import { expect, test } from 'vitest';
import { PROGRAMS_MS } from '../support/within.ts';
import { hubStopped } from './hub-stopped.ts';

// docs/security.md, row 38.
test('a hub that was stopped and goes on cuts no healthy socket and takes what was said to it meanwhile', {
  timeout: PROGRAMS_MS,
}, async () => {
  const result = await hubStopped({ stopSeconds: 8, heartbeatSeconds: 3, sockets: 5 });
  expect(result.cut).toEqual([]);
  // The lease ended while nobody could be heard: that costs no attempt.
  expect(result.polled).toEqual({ status: 'completed', retry_count: 0 });
});
