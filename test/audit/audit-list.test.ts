import { describe, expect, onTestFinished, test } from 'vitest';
import { audit } from '../../src/audit/audit.ts';
import { listAudit } from '../../src/audit/audit-list.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/open.ts';
import { DIALECTS, freshDatabase } from '../support/hub.ts';

const SECOND = 1_000;
/** Of a log that two hubs wrote whose clocks are half a minute apart, in the order of its numbers. */
const SECONDS = [100, 160, 130, 190, 170, 210];

describe.each(DIALECTS)('on %s', (dialect) => {
  test('a search by time finds each entry of it, also where a later one has the smaller number', async () => {
    const db = openDatabase({ DATABASE_URL: await freshDatabase(dialect), DATABASE_DURABILITY: 'full' });
    onTestFinished(() => db.close());
    await migrate(db);
    for (const second of SECONDS) {
      await db.transact((tx) => audit(tx, { actor: 'hub', action: 'session.refused' }, second * SECOND));
    }
    const found = async (from: number, to: number) => {
      const { rows } = await listAudit(db, { from: from * SECOND, to: to * SECOND }, undefined, 100);
      return rows.map(({ at }) => at / SECOND);
    };
    const newestFirst = SECONDS.toReversed();
    for (const from of SECONDS) {
      for (const to of SECONDS) {
        const expected = newestFirst.filter((second) => second >= from && second < to);
        expect([from, to, await found(from, to)]).toEqual([from, to, expected]);
      }
    }
  });
});
