import { expect, test } from 'vitest';
import { testClock } from '../support/clock.ts';
import { SHARED, startHub } from '../support/hub.ts';

test('a hub that ends says so to its balancer, and takes what still comes until that had time to hear it', async () => {
  // Its clock stands still: so does the time that the balancer has.
  const hub = await startHub({ database: 'postgres', clock: testClock(), shared: { ...SHARED, noticeMs: 2_000 } });
  const tpv = await hub.tpv();
  const socket = await tpv.socket();
  const closed = hub.hub.close();
  expect(await hub.fetch('/readyz')).toMatchObject({ status: 503, body: { problems: [{ code: 'draining' }] } });
  expect((await hub.message(1, 'Hola')).status).toBe(200);
  const { instruction } = await socket.next('instruction');
  expect(await socket.report(instruction.id, 'completed')).toMatchObject({ ok: true });
  expect(socket.frames.map(({ type }) => type)).not.toContain('drain');
  // Has the clock go on.
  await hub.close();
  await closed;
  expect(await socket.closed).toEqual({ code: 1012, reason: 'restart' });
  expect(socket.frames.map(({ type }) => type)).toContain('drain');
});
