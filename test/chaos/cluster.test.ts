import { expect, test } from 'vitest';
import { hasPostgres } from '../support/postgres.ts';
import { PROGRAMS_MS } from '../support/within.ts';
import { clusterUnderFaults } from './cluster.ts';

test.runIf(hasPostgres())(
  'one of several hubs on one PostgreSQL is killed, cut off from it and deaf: nothing is lost, doubled or out of order',
  { timeout: PROGRAMS_MS },
  async () => {
    const faults = { kills: 1, pauses: 0, cuts: 1, deaf: 1, restarts: 0 };
    const result = await clusterUnderFaults({ faults, longestSeconds: 2, hubs: 2, perSecond: 20, tpvs: 3, users: 50 });
    expect(result).toMatchObject({
      lost: 0,
      hanging: 0,
      doubledRows: 0,
      repeatedRuns: 0,
      outOfOrder: 0,
      strangeAnswers: [],
    });
    expect(result.accepted).toBeGreaterThan(0);
  },
);
