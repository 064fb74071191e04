import { beforeAll, expect, test } from 'vitest';
import { DEBIAN_INSTALL_MS, debianProgram } from '../support/debian.ts';
import { PROGRAMS_MS } from '../support/within.ts';
import { powerHeld, powerLost } from './power-lost.ts';

beforeAll(() => debianProgram('cc', 'build-essential'), DEBIAN_INSTALL_MS);

const load = { perSecond: 300, tpvs: 4, users: 200 };

test('a hub whose power is cut again and again under load loses nothing that it confirmed', {
  timeout: PROGRAMS_MS,
}, async () => {
  const result = await powerLost({ ...load, cuts: 2, durability: 'full' });
  expect(powerHeld(result), JSON.stringify(result)).toBe(true);
  // And the cuts took something, from a hub that had confirmed something.
  expect(result.unsynced.dropped).toBeGreaterThan(0);
  expect(result.accepted).toBeGreaterThan(0);
});

test('the same cut finds what is lost with DATABASE_DURABILITY=normal', { timeout: PROGRAMS_MS }, async () => {
  const { accepted, lostUpdates } = await powerLost({ ...load, cuts: 1, durability: 'normal' });
  expect(accepted).toBeGreaterThan(0);
  expect(lostUpdates).toBeGreaterThan(0);
});
