import { describe, expect, test, vi } from 'vitest';
import { behindItsBack } from '../support/behind.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub } from '../support/hub.ts';
import { instructionsOf, messageBody, updatesOf } from '../support/telegram.ts';
import { WAIT_MS } from '../support/within.ts';

const DAY_MS = 86_400_000;

describe.each(DIALECTS)('on %s', (database) => {
  test('final instructions are kept seven days and then deleted with their updates', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock, env: { INSTRUCTION_TTL_SECONDS: '31536000' } });
    const tpv = await hub.tpv();
    for (const [i, text] of ['completed', 'failed', 'open'].entries()) await hub.message(i + 1, text);
    const { body } = await tpv.fetch('/api/tpv/instructions/');
    for (const { id, payload } of body.instructions) {
      const json = { status: payload.text === 'open' ? 'processing' : payload.text };
      await tpv.fetch(`/api/tpv/instructions/${id}/`, { method: 'PUT', json });
    }
    await clock.jump(7 * DAY_MS);
    await clock.advance(3_000);
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(await instructionsOf(hub)).toMatchObject([{ update_id: 3 }]);
      expect(await updatesOf(hub)).toMatchObject([{ update_id: 3 }]);
    }, WAIT_MS);
    // The same update would be a new one now; the open one's is still known.
    await hub.message(3, 'open');
    expect(await instructionsOf(hub)).toHaveLength(1);
  });

  test('nothing goes before its time', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock, env: { RETENTION_DAYS: '30' } });
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola');
    await hub.message(2, '/id');
    await hub.update({ update_id: 3, edited_message: messageBody(1, { text: 'x' }) });
    const [{ id }] = (await tpv.fetch('/api/tpv/instructions/')).body.instructions;
    await clock.jump(DAY_MS / 2);
    await tpv.fetch(`/api/tpv/instructions/${id}/`, { method: 'PUT', json: { status: 'completed' } });
    await clock.jump(29.5 * DAY_MS - 5_000);
    for (let i = 0; i < 4; i++) {
      await clock.advance(1_000);
      await hub.hub.db.transact(async () => {});
    }
    expect(await updatesOf(hub)).toHaveLength(3);
    // Answered and kept updates go by their own age; the instruction and its update half a day later, by its end.
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(await updatesOf(hub)).toMatchObject([{ update_id: 1 }]);
    }, WAIT_MS);
    expect(await instructionsOf(hub)).toHaveLength(1);
    await clock.jump(DAY_MS / 2);
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(await instructionsOf(hub)).toEqual([]);
      expect(await updatesOf(hub)).toEqual([]);
    }, WAIT_MS);
  });

  test('more rows than one page go too, and open ones between them stay', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock, env: { INSTRUCTION_TTL_SECONDS: '31536000' } });
    const tpv = await hub.tpv();
    await Promise.all(Array.from({ length: 450 }, (_, i) => hub.message(i + 1, `${i + 1}`)));
    const ended = { status: 'completed', completed_at: clock.now(), due_at: null } as const;
    await behindItsBack(hub, (db) =>
      db.updateTable('instructions').set(ended).where('update_id', 'not in', [1, 250, 450]).execute(),
    );
    await clock.jump(8 * DAY_MS);
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect((await instructionsOf(hub)).map(({ update_id }) => update_id).toSorted()).toEqual([1, 250, 450]);
      expect((await updatesOf(hub)).map(({ update_id }) => update_id).toSorted()).toEqual([1, 250, 450]);
    }, WAIT_MS);
    expect((await tpv.fetch('/api/tpv/instructions/')).body.count).toBe(3);
  });
});
