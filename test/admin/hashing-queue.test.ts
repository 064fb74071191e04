import { expect, test } from 'vitest';
import { HashingQueue } from '../../src/administrators/hashing-queue.ts';

/** A queue whose work ends when the test says so, in the order in which it began. */
function scene() {
  const queue = new HashingQueue();
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  return {
    begun,
    ask(caller: string) {
      const outcome = queue.run(caller, async () => {
        begun.push(caller);
        await new Promise<void>((end) => ends.push(end));
        return caller;
      });
      return outcome.catch((error: Error) => error.message);
    },
    async end(count: number) {
      for (let i = 0; i < count; i++) {
        ends.shift()?.();
        await new Promise(setImmediate);
      }
    },
  };
}

const REFUSED = 'Too many passwords wait to be checked.';

test('two are hashed at once, and callers take turns (S32)', async () => {
  const { ask, begun, end } = scene();
  const answers = [...Array.from({ length: 6 }, () => ask('flood')), ask('ana'), ask('eva'), ask('ana')];
  expect(begun).toEqual(['flood', 'flood']);
  await end(9);
  expect(begun).toEqual(['flood', 'flood', 'flood', 'ana', 'eva', 'flood', 'ana', 'flood', 'flood']);
  expect(await Promise.all(answers)).toHaveLength(9);
});

test('a caller has fifty waiting at most, and where all wait the one that has most makes room', async () => {
  const { ask, end } = scene();
  const flood = Array.from({ length: 53 }, () => ask('flood'));
  expect(await flood[52]).toBe(REFUSED);
  const others = Array.from({ length: 50 }, (_, i) => ask(`other ${i % 25}`));
  // A hundred wait.
  const late = ask('late');
  expect(await flood[51]).toBe(REFUSED);
  await end(102);
  expect(await late).toBe('late');
  expect(await Promise.all(others)).not.toContain(REFUSED);
  expect(await Promise.all(flood.slice(0, 51))).not.toContain(REFUSED);
});
