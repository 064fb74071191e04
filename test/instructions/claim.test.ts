import { describe, expect, test } from 'vitest';
import { POLL_HOLDER } from '../../src/instructions/instruction.ts';
import { claimPending } from '../../src/instructions/instruction-store.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub } from '../support/hub.ts';
import { instructionsOf } from '../support/telegram.ts';

describe.each(DIALECTS)('on %s', (database) => {
  test('what expired is handed out to nobody, also before the sweep finds it', async () => {
    // Its clock stands still, so no sweep runs.
    const hub = await startHub({ database, clock: testClock() });
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola');
    const [row] = await instructionsOf(hub);
    const expiresAt = Number(row?.expires_at);
    const claimAt = (now: number) => {
      const claim = { tpvId: tpv.id, holder: POLL_HOLDER, now, leaseUntil: now + 60_000, limit: 10 };
      return hub.hub.db.transact((tx) => tx.run(claimPending, claim));
    };
    expect(await claimAt(expiresAt)).toEqual([]);
    expect(await claimAt(expiresAt - 1)).toMatchObject([{ id: row?.id, status: 'sent', due_at: expiresAt }]);
  });
});
