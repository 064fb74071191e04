import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { DatabaseFault } from '../../src/db/fault.ts';
import { Syncs } from '../../src/db/sync/syncs.ts';

/** Syncs of a disk on which a test ends each one by hand. */
function byHand(most = 2) {
  const underWay: { slot: number; done(): void; fail(error: Error): void }[] = [];
  const steps: string[] = [];
  const syncs = new Syncs({
    most,
    sync: (slot) =>
      new Promise((done, fail) => {
        underWay.push({ slot, done, fail });
      }),
    onBegin: (commit) => steps.push(`begin ${commit}`),
    onDurable: (commit) => steps.push(`durable ${commit}`),
    onFailed: (fault) => steps.push(`failed: ${fault.message}`),
  });
  const commit = (name: string) => {
    syncs.committed();
    syncs.durable()?.then(
      () => steps.push(`${name} told`),
      (error) => steps.push(`${name} refused: ${error instanceof DatabaseFault}`),
    );
  };
  /** Ends the sync that began as this one, and lets everything that waits for it run. */
  const end = async (which: number, error?: Error) => {
    if (error === undefined) underWay[which]?.done();
    else underWay[which]?.fail(error);
    await turn();
  };
  return { syncs, steps, commit, end, underWay };
}

test('what was committed is on disk when its sync is back, and not before', async () => {
  const { syncs, steps, commit, end } = byHand();
  expect(syncs.durable()).toBeUndefined();
  commit('a');
  await turn();
  expect([steps, syncs.behind]).toEqual([['begin 1'], true]);
  await end(0);
  expect([steps, syncs.behind]).toEqual([['begin 1', 'durable 1', 'a told'], false]);
  expect(syncs.durable()).toBeUndefined();
});

test('only so many syncs are under way, and what is committed meanwhile shares the next one', async () => {
  const { steps, commit, end, underWay } = byHand();
  for (const name of ['a', 'b', 'c', 'd', 'e']) commit(name);
  expect(underWay.map(({ slot }) => slot).sort()).toEqual([0, 1]);
  expect(steps).toEqual(['begin 1', 'begin 2']);
  await end(0);
  expect(steps.slice(2)).toEqual(['durable 1', 'begin 5', 'a told']);
  await end(1);
  await end(2);
  expect(steps.slice(5)).toEqual(['durable 2', 'b told', 'durable 5', 'c told', 'd told', 'e told']);
  expect(underWay).toHaveLength(3);
});

test('a sync that is back before an earlier one tells what both cover, in order', async () => {
  const { syncs, steps, commit, end } = byHand();
  commit('a');
  commit('b');
  await end(1);
  expect(steps.slice(2)).toEqual(['durable 2', 'a told', 'b told']);
  await end(0);
  expect(steps.slice(5)).toEqual([]);
  expect(syncs.behind).toBe(false);
});

test('it has ended when no sync is under way, also none that another overtook', async () => {
  const { syncs, steps, commit, end } = byHand();
  commit('a');
  commit('b');
  await end(1);
  void syncs.ended().then(() => steps.push('ended'));
  await turn();
  expect(steps.slice(3)).toEqual(['a told', 'b told']);
  await end(0);
  expect(steps.slice(5)).toEqual(['ended']);
});

test('a failed sync is final: whoever waits is refused, and a later sync confirms nothing', async () => {
  const { syncs, steps, commit, end, underWay } = byHand();
  commit('a');
  commit('b');
  commit('c');
  await end(0, new Error('EIO'));
  expect(steps.slice(2)).toEqual([
    'failed: The disk could not keep what was written (EIO).',
    ...['a refused: true', 'b refused: true', 'c refused: true'],
  ]);
  await end(1);
  commit('d');
  await turn();
  expect(steps.slice(6)).toEqual(['d refused: true']);
  expect([underWay.length, syncs.fault]).toEqual([2, expect.any(DatabaseFault)]);
});
