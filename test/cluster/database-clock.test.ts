import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../demo/port.ts';
import { databaseClock, follow } from '../../src/cluster/database-clock.ts';
import { freshDatabase } from '../support/hub.ts';

test('a hub that shares its database goes by the database’s clock', async () => {
  const url = await freshDatabase('postgres');
  const { clock, close } = await databaseClock({ url, onFault: () => {} });
  onTestFinished(close);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  const before = clock.now();
  const { rows } = await client.query('select (extract(epoch from clock_timestamp()) * 1000)::float8 as now');
  const after = clock.now();
  // Half of the round trip in which it was asked is what it may differ by.
  expect(rows[0].now).toBeGreaterThan(before - 1_000);
  expect(rows[0].now).toBeLessThan(after + 1_000);
});

test('a small difference is made up slowly, and a clock that was set is followed at once', () => {
  expect(follow(5_000, 5_000)).toBe(5_000);
  expect(follow(5_000, 5_040)).toBe(5_040);
  expect(follow(5_000, 5_900)).toBe(5_100);
  expect(follow(5_000, 4_100)).toBe(4_900);
  expect(follow(5_000, 6_001)).toBe(6_001);
  expect(follow(5_000, -90_000)).toBe(-90_000);
});

test('without its database it does not start', async () => {
  const url = `postgres://nobody:nothing@127.0.0.1:${await freePort()}/hub`;
  await expect(databaseClock({ url, onFault: () => {} })).rejects.toMatchObject({ code: 'unavailable' });
});
