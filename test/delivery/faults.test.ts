import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { behindItsBack } from '../support/behind.ts';
import { testClock } from '../support/clock.ts';
import { startHub } from '../support/hub.ts';
import { comes, quiet } from '../support/quiet.ts';
import { WAIT_MS } from '../support/within.ts';

test('a hand-out that the database refuses is tried again once a second, and not more often', async () => {
  const clock = testClock();
  const hub = await startHub({ database: 'postgres', clock, env: { HEARTBEAT_INTERVAL_SECONDS: '3600' } });
  const socket = await (await hub.tpv()).socket({ maxInFlight: 0 });
  await quiet(hub, socket);
  await hub.message(1, 'Hola');
  const database = new pg.Client({ connectionString: hub.databaseUrl });
  await database.connect();
  onTestFinished(() => database.end());
  // A sequence keeps what it counted when its transaction is taken back.
  await database.query(`
    create sequence hand_outs;
    create function refuse() returns trigger language plpgsql as $$
    begin
      perform nextval('hand_outs');
      raise exception 'no' using errcode = 'undefined_table';
    end $$;
    create trigger refuse before update on instructions for each row when (new.status = 'sent') execute function refuse();
  `);
  const counted = 'select case when is_called then last_value else 0 end as count from hand_outs';
  const handOuts = async () => Number((await database.query(counted)).rows[0].count);

  socket.send({ type: 'flow', max_in_flight: 10 });
  // A neighbour in its commit would make it run twice: `quiet` asks for one.
  await vi.waitFor(async () => expect(await handOuts()).toBe(1), WAIT_MS);
  await quiet(hub, socket);
  await quiet(hub, socket);
  expect(await handOuts()).toBe(1);
  await clock.advance(1_000);
  // A tick reads first, on a connection of its own, which `quiet` does not wait for.
  await vi.waitFor(async () => expect(await handOuts()).toBe(2), WAIT_MS);
  await quiet(hub, socket);
  expect(await handOuts()).toBe(2);

  await database.query('drop trigger refuse on instructions');
  const { instruction } = await comes(hub, clock, socket, socket.next('instruction'));
  expect(instruction).toMatchObject({ payload: { text: 'Hola' }, retry_count: 0 });
});

test('a socket that closes while the database refuses gives back what it held once the database is there again', async () => {
  const clock = testClock();
  const hub = await startHub({ clock, env: { HEARTBEAT_INTERVAL_SECONDS: '3600' } });
  const tpv = await hub.tpv();
  const socket = await tpv.socket();
  await hub.message(1, 'Hola');
  const { id } = (await socket.next('instruction')).instruction;
  const rename = (from: string, to: string) =>
    behindItsBack(hub, (db) => db.schema.alterTable(from).renameTo(to).execute());

  await rename('instructions', 'instructions_away');
  // The clock stands still: nothing but the release of what the socket held asks for a transaction.
  const transact = vi.spyOn(hub.hub.db, 'transact');
  socket.cut();
  await vi.waitFor(() => expect(transact).toHaveBeenCalled(), WAIT_MS);
  await expect(transact.mock.results[0]?.value).rejects.toThrow();
  transact.mockRestore();
  await rename('instructions_away', 'instructions');
  const status = async () => (await tpv.fetch(`/api/tpv/instructions/${id}/`)).body.status;
  expect(await status()).toBe('sent');
  await clock.advance(1_000);
  await vi.waitFor(async () => expect(await status()).toBe('pending'), WAIT_MS);
  expect((await tpv.fetch('/api/tpv/instructions/')).body).toMatchObject({ count: 1, instructions: [{ id }] });
});
