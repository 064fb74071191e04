import { expect, test } from 'vitest';
import { hubKilled } from './hub-killed.ts';

test('a hub that is killed again and again under load loses nothing and repeats nothing', {
  timeout: 180_000,
}, async () => {
  const result = await hubKilled({ kills: 5, perSecond: 300, tpvs: 4, users: 200 });
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
});
