import { expect, test, vi } from 'vitest';
import { Events } from '../../src/events.ts';
import { Typing } from '../../src/push/typing.ts';
import { testClock } from '../support/clock.ts';
import { startPushing } from '../support/push.ts';
import { WAIT_MS } from '../support/within.ts';

const ANA = 1001;

function start({ isQuiet = () => true, show = async () => {} }: { isQuiet?(): boolean; show?(): Promise<void> } = {}) {
  const clock = testClock();
  const events = new Events((error) => {
    throw error;
  });
  const shown: number[] = [];
  const typing = new Typing({
    clock,
    events,
    isQuiet,
    show: (chatId) => {
      shown.push(chatId);
      return show();
    },
  });
  const report = (status: 'processing' | 'completed', id = 'a', userId = ANA) =>
    events.emit({
      type: 'instruction.reported',
      id,
      tpvId: 't',
      userId,
      status,
      holder: 'poll',
      ageMs: 0,
      waitedMs: 0,
    });
  return { clock, events, shown, typing, report };
}

test('it is shown at once and every 5 s, until the TPV is done', async () => {
  const { clock, shown, report } = start();
  report('processing');
  expect(shown).toEqual([ANA]);
  await clock.advance(10_000);
  expect(shown).toEqual([ANA, ANA, ANA]);
  report('completed');
  await clock.advance(60_000);
  expect(shown).toHaveLength(3);
});

test('it ends 60 s after the last sign of life, and when the instruction is taken back or given up', async () => {
  const { clock, events, shown, report } = start();
  report('processing');
  await clock.advance(50_000);
  report('processing');
  await clock.advance(120_000);
  // 0 to 45 s, and 50 to 105 s; the report came before the showing of its moment, or after it.
  expect(shown.length).toBeGreaterThanOrEqual(22);
  expect(shown.length).toBeLessThanOrEqual(24);
  const before = shown.length;
  report('processing', 'b');
  report('processing', 'c');
  events.emit({ type: 'instruction.revoked', id: 'b', tpvId: 't', reason: 'cancelled' });
  events.emit({ type: 'instruction.unanswered', id: 'c', tpvId: 't', reason: 'expired' });
  await clock.advance(60_000);
  expect(shown).toHaveLength(before + 2);
});

test('it is left out while a message of the chat is on its way', async () => {
  let quiet = false;
  const { clock, shown, report } = start({ isQuiet: () => quiet });
  report('processing');
  await clock.advance(4_000);
  expect(shown).toEqual([]);
  quiet = true;
  await clock.advance(1_000);
  expect(shown).toEqual([ANA]);
});

test('it takes no more than 5 a second, and makes up for none', async () => {
  const { clock, shown, report } = start();
  for (let person = 1; person <= 20; person++) report('processing', `${person}`, person);
  expect(shown).toEqual([1, 2, 3, 4, 5]);
  await clock.advance(4_000);
  expect(shown).toHaveLength(5);
});

test('a person whom Telegram shows nothing is left alone until the TPV says so again', async () => {
  const { clock, shown, report } = start({ show: () => Promise.reject(new Error('403')) });
  report('processing');
  // By then Telegram has answered.
  await clock.advance(1_000);
  await clock.advance(30_000);
  expect(shown).toEqual([ANA]);
  report('processing');
  expect(shown).toHaveLength(2);
});

test('an administrator’s test shows nothing, and so does a hub that closes', async () => {
  const { clock, shown, typing, report } = start();
  report('processing', 'test', 0);
  expect(shown).toEqual([]);
  report('processing');
  typing.stop();
  report('processing', 'b');
  await clock.advance(30_000);
  expect(shown).toEqual([ANA]);
});

test('on a hub, a report of work shows it in the chat, and one that brings a message shows that alone', async () => {
  // A report of work is shown again after 5 s, which pass when the test says so.
  const clock = testClock();
  const hub = await startPushing({ clock });
  const socket = await hub.one.socket();
  const { id } = (await socket.next('instruction')).instruction;
  const actions = () => hub.emulator.calls.filter(({ method }) => method === 'sendChatAction');
  await socket.report(id, 'processing', { reply: { text: 'En ello' } });
  await hub.person.waitForMessage();
  expect(actions()).toEqual([]);
  await vi.waitFor(async () => {
    await clock.advance(1_000);
    await socket.report(id, 'processing');
    expect(actions()).not.toEqual([]);
  }, WAIT_MS);
  expect(actions()[0]).toMatchObject({ params: { chat_id: ANA, action: 'typing' }, outcome: { ok: true } });
});
