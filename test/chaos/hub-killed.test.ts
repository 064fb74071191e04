import { expect, test } from 'vitest';
import { DIALECTS } from '../support/hub.ts';
import { PROGRAMS_MS } from '../support/within.ts';
import { hubKilled } from './hub-killed.ts';

const HELD = {
  lost: 0,
  hanging: 0,
  doubledRows: 0,
  repeatedRuns: 0,
  outOfOrder: 0,
  strangeAnswers: [],
  orphans: 0,
  integrity: 'ok',
};

test.each(DIALECTS)(
  'a hub that is killed again and again under load on %s loses nothing and repeats nothing',
  {
    timeout: PROGRAMS_MS,
  },
  async (database) => {
    // Each life is twice as long on PostgreSQL, and the server runs on the same machine.
    const load = database === 'postgres' ? { kills: 3, perSecond: 100 } : { kills: 5, perSecond: 300 };
    const result = await hubKilled({ ...load, tpvs: 4, users: 200, database, by: 'SIGKILL' });
    expect(result).toMatchObject(HELD);
    expect(result.accepted).toBeGreaterThan(0);
  },
);

test('a hub whose npm gets SIGTERM under load loses nothing, repeats nothing, and leaves no process behind', {
  timeout: PROGRAMS_MS,
}, async () => {
  const load = { perSecond: 50, tpvs: 2, users: 50 };
  const result = await hubKilled({ kills: 2, ...load, database: 'sqlite', by: 'SIGTERM to npm' });
  expect(result).toMatchObject(HELD);
  expect(result.accepted).toBeGreaterThan(0);
});
