import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Soonest } from '../../src/push/soonest.ts';

test('what waits comes in the order of its moments, whenever it was put', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 50 }), { nil: 'take' as const })), (steps) => {
      const soonest = new Soonest<number>();
      let model: number[] = [];
      for (const step of steps) {
        if (step === 'take') {
          expect(soonest.take()).toBe(model.shift());
        } else {
          soonest.put(step, step);
          model = [...model, step].sort((a, b) => a - b);
        }
        expect(soonest.first?.at).toBe(model[0]);
      }
    }),
  );
});
