import { describe, expect, test } from 'vitest';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { openSocket } from '../support/socket.ts';
import { instructionsOf, letHubSpeak } from '../support/telegram.ts';
import { ANA, attends, goneAndTold, OFFLINE, PATIENT, pass, REPORTS, reaches, said, TABLE } from './story.ts';

describe.each(DIALECTS)('on %s', (database) => {
  test.each(TABLE)('of a TPV that is %s and %s a person reads what there is to say, once', async (...row) => {
    const [standing, service, atOnce, later] = row;
    const { hub, clock, key } = await written(database, standing, service);
    expect(await said(hub)).toEqual(atOnce);
    const restarted = await again(hub, clock);
    if (standing === 'online') await (await openSocket(restarted.url, { key })).next('welcome');
    // The clock of the hub that follows goes on where this one's stood.
    await pass(clock, 20);
    await reaches(restarted, clock, [...atOnce, ...later]);
    await pass(clock, 180);
    expect(await said(restarted)).toEqual([...atOnce, ...later]);
  });

  test.each(REPORTS)('a report %s with %j ends the silence, also after a restart', async (status, more, because) => {
    const { hub, clock, key } = await written(database, 'offline', 'open');
    const restarted = await again(hub, clock);
    const [instruction] = await instructionsOf(restarted);
    const headers = { authorization: `ApiKey ${key}` };
    const report = { method: 'PUT', headers, json: { status, ...more } };
    for (let twice = 0; twice < 2; twice++) {
      const { status: code } = await restarted.fetch(`/api/tpv/instructions/${instruction?.id}/`, report);
      expect(code).toBe(200);
    }
    await pass(clock, 200);
    expect(await said(restarted)).toEqual([OFFLINE, ...because]);
  });
});

/** A hub, Bar Pepe as it stands, and Ana, who has just written to it. */
async function written(database: (typeof DIALECTS)[number], standing: string, service: string) {
  const clock = testClock();
  const hub = await startHub({ database, clock, env: PATIENT });
  await letHubSpeak(hub);
  hub.emulator.person({ id: ANA, first_name: 'Ana', started: true });
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  await attends(hub, tpv.id, service);
  if (standing !== 'never connected') {
    const socket = await tpv.socket();
    if (standing !== 'online') {
      socket.raw.close();
      await socket.closed;
    }
    if (standing === 'offline') await goneAndTold(hub, clock);
  }
  expect((await hub.message(1, 'Hola', ANA)).status).toBe(200);
  return { hub, clock, key: tpv.key };
}

/** The hub ends and starts anew, on the same database. */
async function again(hub: TestHub, clock: ReturnType<typeof testClock>): Promise<TestHub> {
  const { databaseUrl, emulator } = hub;
  await hub.close();
  return startHub({ databaseUrl, emulator, clock, env: PATIENT });
}
