import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { testClock } from '../support/clock.ts';
import { startHub } from '../support/hub.ts';
import { keptLog } from '../support/log.ts';
import { quiet } from '../support/quiet.ts';

test('a hand-out that the database refuses is tried again once a second, and not more often', async () => {
  const clock = testClock();
  const { log, lines } = keptLog();
  const hub = await startHub({ database: 'postgres', clock, log, env: { HEARTBEAT_INTERVAL_SECONDS: '3600' } });
  const socket = await (await hub.tpv()).socket({ maxInFlight: 0 });
  await quiet(hub, socket);
  await hub.message(1, 'Hola');
  const database = new pg.Client({ connectionString: hub.databaseUrl });
  await database.connect();
  onTestFinished(() => database.end());
  const faults = () => lines.filter(({ msg }) => msg === 'something failed that nobody waits for').length;

  await database.query('alter table instructions rename to instructions_away');
  socket.send({ type: 'flow', max_in_flight: 10 });
  await quiet(hub, socket);
  await quiet(hub, socket);
  expect(faults()).toBe(1);
  await clock.advance(1_000);
  await quiet(hub, socket);
  expect(faults()).toBe(2);

  await database.query('alter table instructions_away rename to instructions');
  await clock.advance(1_000);
  expect((await socket.next('instruction')).instruction).toMatchObject({ payload: { text: 'Hola' }, retry_count: 0 });
});
