import { describe, expect, test, vi } from 'vitest';
import { instructionSchema } from '#protocol';
import { arrival } from '../support/arrivals.ts';
import { behindItsBack } from '../support/behind.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub, type TestTpv, testOfOneHub } from '../support/hub.ts';
import { WAIT_MS } from '../support/within.ts';

const list = async (tpv: TestTpv, query = '') => (await tpv.fetch(`/api/tpv/instructions/${query}`)).body;
const textsOf = (body: { instructions: { payload: { text: string } }[] }) =>
  body.instructions.map(({ payload }) => payload.text);

describe.each(DIALECTS)('instructions over REST on %s', (database) => {
  test('have the shape of the contract, before and after their end', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola', 42);
    await clock.advance(1_500);
    const { count, instructions } = await list(tpv);
    expect(count).toBe(1);
    const fresh = {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      command: 'process_message',
      payload: expect.objectContaining({ chat_id: 42, text: 'Hola' }),
      status: 'sent',
      priority: 5,
      telegram_user_id: 42,
      telegram_username: 'ana_42',
      created_at: '2025-11-09T10:30:00.000Z',
      sent_at: '2025-11-09T10:30:01.500Z',
      delivered_at: null,
      completed_at: null,
      expires_at: '2025-11-10T10:30:00.000Z',
      response: null,
      error_message: '',
      retry_count: 0,
    };
    expect(instructions).toEqual([fresh]);
    const path = `/api/tpv/instructions/${instructions[0].id}/`;
    expect((await tpv.fetch(path)).body).toEqual(fresh);
    await clock.advance(1_000);
    await tpv.fetch(path, { method: 'PUT', json: { status: 'processing' } });
    await clock.advance(1_000);
    await tpv.fetch(path, {
      method: 'PUT',
      json: { status: 'failed', response: [1, { a: 'ñ' }], error_message: 'no' },
    });
    const done = {
      ...fresh,
      status: 'failed',
      delivered_at: '2025-11-09T10:30:02.500Z',
      completed_at: '2025-11-09T10:30:03.500Z',
      response: [1, { a: 'ñ' }],
      error_message: 'no',
    };
    const { body, headers } = await tpv.fetch(path);
    expect(body).toEqual(done);
    expect(instructionSchema.parse(body)).toEqual(done);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  test('come oldest first, as many as asked for, and each to one poll alone', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    for (let i = 1; i <= 13; i++) await hub.message(i, `${i}`, i);
    expect(textsOf(await list(tpv, '?limit=2'))).toEqual(['1', '2']);
    expect(textsOf(await list(tpv))).toEqual(['3', '4', '5', '6', '7', '8', '9', '10', '11', '12']);
    expect(textsOf(await list(tpv, '?limit=100'))).toEqual(['13']);
    expect(await list(tpv)).toEqual({ count: 0, instructions: [] });
  });

  test('of a higher priority come first', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    for (const [id, text] of [
      [1, 'later'],
      [2, 'first'],
      [3, 'last'],
    ] as const)
      await hub.message(id, text);
    const prioritise = (updateId: number, priority: number) =>
      behindItsBack(hub, (db) =>
        db.updateTable('instructions').set({ priority }).where('update_id', '=', updateId).execute(),
      );
    await prioritise(2, 1);
    await prioritise(3, 9);
    expect(textsOf(await list(tpv))).toEqual(['first', 'later', 'last']);
  });

  test('fetched by twenty polls at once go to one of them each', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    for (let i = 1; i <= 30; i++) await hub.message(i, `${i}`);
    const answers = await Promise.all(Array.from({ length: 20 }, () => list(tpv, '?limit=3')));
    const texts = answers.flatMap(textsOf);
    expect(texts).toHaveLength(30);
    expect(new Set(texts).size).toBe(30);
  });

  test('can be listed by each status, and listing others than pending hands nothing out', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const ends = ['sent', 'delivered', 'processing', 'completed', 'failed'];
    for (const [i, text] of [...ends, 'pending'].entries()) await hub.message(i + 1, text);
    const { instructions } = await list(tpv, '?limit=5');
    for (const { id, payload } of instructions) {
      if (payload.text === 'sent') continue;
      await tpv.fetch(`/api/tpv/instructions/${id}/`, { method: 'PATCH', json: { status: payload.text } });
    }
    for (const status of ends) {
      for (let i = 0; i < 2; i++) {
        const body = await list(tpv, `?status=${status}`);
        expect(body).toMatchObject({ count: 1, instructions: [{ status, payload: { text: status } }] });
      }
    }
    expect(await list(tpv, '?status=pending')).toMatchObject({ count: 1, instructions: [{ status: 'sent' }] });
    expect(await list(tpv, '?status=sent')).toMatchObject({ count: 2 });
  });

  test('a long poll is answered the moment an instruction is committed', async () => {
    // Its clock stands still: nothing but the commit can wake the poll.
    const hub = await startHub({ database, clock: testClock() });
    const tpv = await hub.tpv();
    await hub.message(1, 'antes');
    expect(textsOf(await list(tpv))).toEqual(['antes']);
    const other = await hub.tpv();
    const arrived = arrival(hub, '/api/tpv/instructions');
    const waiting = list(tpv, '?wait=30');
    let others = 0;
    // The end of the test cuts this one off.
    const counted = () => others++;
    list(other, '?wait=30').then(counted, () => {});
    await arrived;
    await hub.message(2, 'Hola');
    expect(textsOf(await waiting)).toEqual(['Hola']);
    expect(others).toBe(0);
  });

  test('a long poll is answered empty when its time is up, and not before', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const tpv = await hub.tpv();
    let answered = false;
    const arrived = arrival(hub, '/api/tpv/instructions');
    const waiting = list(tpv, '?wait=7').finally(() => {
      answered = true;
    });
    await arrived;
    await clock.advance(6_900);
    // Another poll comes and goes meanwhile.
    expect(await list(tpv)).toEqual({ count: 0, instructions: [] });
    expect(answered).toBe(false);
    await vi.waitFor(async () => {
      await clock.advance(500);
      expect(answered).toBe(true);
    }, WAIT_MS);
    expect(await waiting).toEqual({ count: 0, instructions: [] });
  });

  test('two long polls share what comes, nothing comes twice', async () => {
    const hub = await startHub({ database, clock: testClock() });
    const tpv = await hub.tpv();
    const polls = [list(tpv, '?wait=30'), list(tpv, '?wait=30')];
    await hub.message(1, 'uno');
    const first = await Promise.race(polls);
    expect(textsOf(first)).toEqual(['uno']);
    await hub.message(2, 'dos');
    expect((await Promise.all(polls)).flatMap(textsOf).sort()).toEqual(['dos', 'uno']);
  });

  test('a long poll whose client went away takes nothing', async () => {
    const hub = await startHub({ database, clock: testClock() });
    const tpv = await hub.tpv();
    const gone = new AbortController();
    const arrived = arrival(hub, '/api/tpv/instructions');
    const waiting = tpv.fetch('/api/tpv/instructions/?wait=30', { signal: gone.signal });
    const ended = expect(waiting).rejects.toThrow(/abort/i);
    const { closed } = await arrived;
    gone.abort();
    await Promise.all([ended, closed]);
    await hub.message(1, 'Hola');
    expect(textsOf(await list(tpv))).toEqual(['Hola']);
  });

  test('a hub that drains answers its long polls at once', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const arrived = arrival(hub, '/api/tpv/instructions');
    const waiting = list(tpv, '?wait=30');
    await arrived;
    await hub.close();
    expect(await waiting).toEqual({ count: 0, instructions: [] });
  });
});

testOfOneHub('more than twenty waiting polls of one TPV are answered at once', async () => {
  const hub = await startHub({ clock: testClock() });
  const tpv = await hub.tpv();
  let answered = 0;
  for (let i = 0; i < 25; i++) void list(tpv, '?wait=30').then(() => answered++);
  await vi.waitFor(() => expect(answered).toBe(5), WAIT_MS);
});
