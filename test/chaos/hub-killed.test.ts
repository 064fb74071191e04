import { expect, test } from 'vitest';
import { DIALECTS } from '../support/hub.ts';
import { hubKilled } from './hub-killed.ts';

test.each(DIALECTS)(
  'a hub that is killed again and again under load on %s loses nothing and repeats nothing',
  {
    timeout: 180_000,
  },
  async (database) => {
    // Each life is twice as long on PostgreSQL, and the server runs on the same machine.
    const load = database === 'postgres' ? { kills: 3, perSecond: 100 } : { kills: 5, perSecond: 300 };
    const result = await hubKilled({ ...load, tpvs: 4, users: 200, database });
    expect(result).toMatchObject({
      lost: 0,
      hanging: 0,
      doubledRows: 0,
      repeatedRuns: 0,
      outOfOrder: 0,
      strangeAnswers: [],
      integrity: 'ok',
    });
    expect(result.accepted).toBeGreaterThan(0);
  },
);
