import { describe, expect, test, vi } from 'vitest';
import { testClock } from '../support/clock.ts';
import { DIALECTS, type DialectUnderTest, startHub, type TestHub, type TestTpv } from '../support/hub.ts';
import { comes, quiet } from '../support/quiet.ts';
import type { TestSocket } from '../support/socket.ts';
import { patience, WAIT_MS } from '../support/within.ts';

const SECOND = 1_000;
const PATIENCE = { timeout: WAIT_MS };

/** A hub whose clock stands still, and which pings so rarely that nothing here is about heartbeats. */
async function stillHub(database: DialectUnderTest, env: Record<string, string> = {}) {
  const clock = testClock();
  const hub = await startHub({ database, clock, env: { HEARTBEAT_INTERVAL_SECONDS: '3600', ...env } });
  hub.emulator.person({ id: 1001, first_name: 'Ana', started: true });
  const tpv = await hub.tpv();
  return { clock, hub, tpv };
}

function instructions(socket: TestSocket) {
  return socket.frames.flatMap((one) => (one.type === 'instruction' ? [one.instruction] : []));
}

async function row(tpv: TestTpv, id: string) {
  return (await tpv.fetch(`/api/tpv/instructions/${id}/`)).body;
}

/** What the hub has told the person, in its words. */
function told({ emulator }: TestHub): unknown[] {
  return emulator.calls.filter(({ method }) => method === 'sendMessage').map(({ params }) => params.text);
}

describe.each(DIALECTS)('a socket that stays open on %s', (database) => {
  test('and says nothing gets the instruction again after 40, 60, 100 and 180 s, and loses it after 210', async () => {
    const { clock, hub, tpv } = await stillHub(database);
    const socket = await tpv.socket();
    await hub.message(1, 'Hola');
    const { id } = (await socket.next('instruction')).instruction;
    for (const [retry, after] of [40, 20, 40, 80].entries()) {
      await clock.advance((after - 1) * SECOND);
      await quiet(hub, socket);
      expect(instructions(socket)).toHaveLength(retry + 1);
      const { instruction: again } = await comes(hub, clock, socket, socket.next('instruction'));
      expect(again).toMatchObject({ id, status: 'sent', retry_count: retry + 1 });
    }
    await clock.advance(29 * SECOND);
    await quiet(hub, socket);
    expect(await row(tpv, id)).toMatchObject({ status: 'sent', retry_count: 4 });
    const revoked = await comes(hub, clock, socket, socket.next('revoked'));
    expect(revoked).toEqual({ type: 'revoked', id, reason: 'no_answer' });
    const failed = { status: 'failed', error_message: 'sin respuesta del TPV', retry_count: 5 };
    expect(await row(tpv, id)).toMatchObject(failed);
    await vi.waitUntil(() => told(hub).length > 0, PATIENCE);
    await clock.advance(300 * SECOND);
    await quiet(hub, socket);
    expect(told(hub)).toEqual([expect.stringContaining('no ha respondido')]);
    expect(instructions(socket)).toHaveLength(5);
    expect(await socket.report(id, 'completed')).toMatchObject({ ok: false, error: { code: 'invalid_transition' } });
  });

  test('and reports late, but in time, keeps the instruction, and is not asked again', async () => {
    const { clock, hub, tpv } = await stillHub(database);
    const socket = await tpv.socket();
    await hub.message(1, 'Hola');
    const { id } = (await socket.next('instruction')).instruction;
    await clock.advance(39 * SECOND);
    await socket.report(id, 'delivered');
    await clock.advance(250 * SECOND);
    await quiet(hub, socket);
    expect(instructions(socket)).toHaveLength(1);
    expect(await row(tpv, id)).toMatchObject({ status: 'delivered', retry_count: 0 });
  });

  test('and stops reporting gets the instruction again 300 s after its last word', async () => {
    const { clock, hub, tpv } = await stillHub(database);
    const socket = await tpv.socket();
    await hub.message(1, 'Hola');
    const { id } = (await socket.next('instruction')).instruction;
    await socket.report(id, 'processing');
    await clock.advance(200 * SECOND);
    // The same word again extends the lease.
    await socket.report(id, 'processing');
    const lastWord = clock.now();
    await clock.advance(299 * SECOND);
    await quiet(hub, socket);
    expect(instructions(socket)).toHaveLength(1);
    const { instruction } = await comes(hub, clock, socket, nextOf(socket, 1));
    expect(instruction).toMatchObject({ id, status: 'sent', retry_count: 1 });
    expect(Date.parse(instruction.sent_at ?? '') - lastWord).toBeGreaterThanOrEqual(300 * SECOND);
    expect(await socket.report(id, 'completed')).toMatchObject({ ok: true });
  });

  test('is told when the instruction expires, and so is the person, once', async () => {
    const { clock, hub, tpv } = await stillHub(database, { INSTRUCTION_TTL_SECONDS: '120' });
    const socket = await tpv.socket();
    await hub.message(1, 'Hola');
    const { id } = (await socket.next('instruction')).instruction;
    await socket.report(id, 'processing');
    await clock.advance(119 * SECOND);
    await quiet(hub, socket);
    expect(await row(tpv, id)).toMatchObject({ status: 'processing' });
    const revoked = await comes(hub, clock, socket, socket.next('revoked'));
    expect(revoked).toEqual({ type: 'revoked', id, reason: 'expired' });
    expect(await row(tpv, id)).toMatchObject({ status: 'failed', error_message: 'expirada' });
    await vi.waitUntil(() => told(hub).length > 0, PATIENCE);
    await clock.advance(60 * SECOND);
    await quiet(hub, socket);
    expect(told(hub)).toEqual([expect.stringContaining('ha caducado')]);
  });

  test('gives back what it held at once when it closes, and no attempt is counted', async () => {
    const { clock, hub, tpv } = await stillHub(database);
    const socket = await tpv.socket();
    await hub.message(1, 'uno', 1001);
    await hub.message(2, 'dos', 1002);
    const first = (await socket.next('instruction')).instruction;
    const second = (await socket.next('instruction')).instruction;
    await socket.report(second.id, 'processing');
    await clock.advance(39 * SECOND);
    expect((await comes(hub, clock, socket, nextOf(socket, 1))).instruction).toMatchObject({ id: first.id });
    socket.raw.close(1000);
    await socket.closed;
    // The hub hears of it a moment later; no time passes on its clock.
    await vi.waitUntil(async () => (await row(tpv, second.id)).status === 'pending', PATIENCE);
    expect(await row(tpv, first.id)).toMatchObject({ status: 'pending', retry_count: 1 });
    expect(await row(tpv, second.id)).toMatchObject({ status: 'pending', retry_count: 0 });
    // The next socket goes on where this one was: after the second attempt it is 20 s.
    const next = await tpv.socket();
    expect((await next.next('instruction')).instruction).toMatchObject({ id: first.id, retry_count: 1 });
    await clock.advance(19 * SECOND);
    const { instruction } = await comes(hub, clock, next, nextOf(next, 2));
    expect(instruction).toMatchObject({ id: first.id, retry_count: 2 });
  });
});

describe.each(DIALECTS)('without a socket on %s', (database) => {
  test('an expired message fails, and the person is told once', async () => {
    const { clock, hub, tpv } = await stillHub(database, { INSTRUCTION_TTL_SECONDS: '60' });
    await hub.message(1, 'Hola');
    const waits = patience(() => 'The person was told nothing');
    for (; told(hub).length === 0; waits()) {
      await clock.advance(SECOND);
      await tpv.fetch('/api/tpv/info/');
    }
    await clock.advance(60 * SECOND);
    expect(told(hub)).toHaveLength(1);
    expect((await tpv.fetch('/api/tpv/stats/')).body.instructions).toMatchObject({ failed: 1, pending: 0 });
  });

  test('what a poller fetched and does not report on is pending after its lease, and wakes the next poll', async () => {
    const { clock, hub, tpv } = await stillHub(database);
    await hub.message(1, 'Hola');
    const { body } = await tpv.fetch('/api/tpv/instructions/');
    const { id } = body.instructions[0];
    await clock.advance(59 * SECOND);
    expect(await row(tpv, id)).toMatchObject({ status: 'sent', retry_count: 0 });
    const next = tpv.fetch('/api/tpv/instructions/?wait=30');
    let answered = false;
    void next.then(() => {
      answered = true;
    });
    const waits = patience(() => 'The poll was not answered');
    for (; !answered; waits()) {
      await clock.advance(SECOND);
      await tpv.fetch('/api/tpv/info/');
    }
    expect((await next).body).toMatchObject({ count: 1, instructions: [{ id, retry_count: 1 }] });
  });
});

/** The instruction frame with this retry_count. */
async function nextOf(socket: TestSocket, retryCount: number) {
  for (;;) {
    const next = await socket.next('instruction');
    if (next.instruction.retry_count === retryCount) return next;
  }
}
