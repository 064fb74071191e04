import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Pace } from '../../src/pace.ts';
import { ChatQueue } from '../../src/push/queue.ts';

/** Takes up to `count` turns, each over at once with more to come; the chats in their order. */
function served(queue: ChatQueue, count: number, now: number, following = { tpvId: 'a' as string | null }): number[] {
  const chats: number[] = [];
  while (chats.length < count) {
    const next = queue.next(now);
    if (!('chatId' in next)) break;
    chats.push(next.chatId);
    queue.taken(next.chatId, now);
    queue.done(next.chatId, following, now);
  }
  return chats;
}

describe('the queue of chats', () => {
  test('serves the chats of one TPV in turn', () => {
    const queue = new ChatQueue();
    for (const chat of [1, 2, 3]) queue.add(chat, 'a');
    expect(served(queue, 7, 0)).toEqual([1, 2, 3, 1, 2, 3, 1]);
  });

  test('lets TPVs and the hub itself take turns, however many chats one of them has', () => {
    const queue = new ChatQueue();
    for (let chat = 1; chat <= 1_000; chat++) queue.add(chat, 'flood');
    queue.add(2_001, 'b');
    queue.add(2_002, null);
    const chats: number[] = [];
    for (let i = 0; i < 4; i++) {
      const next = queue.next(0);
      if ('chatId' in next) chats.push(next.chatId);
    }
    expect(chats).toEqual([1, 2_001, 2_002, 2]);
  });

  test('gives a chat no second turn while it is busy', () => {
    const queue = new ChatQueue();
    queue.add(1, 'a');
    expect(queue.next(0)).toEqual({ chatId: 1 });
    queue.add(1, 'a');
    expect(queue.next(0)).toEqual({ at: undefined });
    queue.done(1, undefined, 0);
    expect(queue.next(0)).toEqual({ chatId: 1 });
    queue.done(1, undefined, 0);
    expect(queue.next(0)).toEqual({ at: undefined });
  });

  test('says when the first chat that rests is ready again', () => {
    const queue = new ChatQueue();
    queue.add(1, 'a');
    expect(served(queue, 9, 0)).toEqual([1, 1, 1, 1, 1]);
    expect(queue.next(0)).toEqual({ at: 1_000 });
    queue.pause(1, 30_000);
    queue.add(-7, 'b');
    expect(served(queue, 9, 1, { tpvId: 'b' })).toEqual([-7]);
    expect(queue.next(1)).toEqual({ at: 3_001 });
    expect(served(queue, 9, 29_999, { tpvId: 'b' })).toEqual([-7]);
    expect(queue.next(30_000)).toEqual({ chatId: 1 });
  });

  test('never shortens a pause', () => {
    const queue = new ChatQueue();
    queue.add(1, 'a');
    queue.pause(1, 10_000);
    queue.pause(1, 2_000);
    expect(queue.next(9_999)).toEqual({ at: 10_000 });
  });

  test('serves chats that rested when each of them may, the longest ready first', () => {
    const queue = new ChatQueue();
    for (const [chat, until] of [
      [1, 3_000],
      [2, 1_000],
      [3, 2_000],
    ] as const) {
      queue.add(chat, 'a');
      queue.pause(chat, until);
    }
    expect(queue.next(0)).toEqual({ at: 1_000 });
    // Asked to wait longer while it rests.
    queue.pause(2, 2_500);
    expect(queue.next(1_000)).toEqual({ at: 2_000 });
    expect(queue.next(2_000)).toEqual({ chatId: 3 });
    expect(queue.next(3_000)).toEqual({ chatId: 2 });
    expect(queue.next(3_000)).toEqual({ chatId: 1 });
    expect(queue.next(3_000)).toEqual({ at: undefined });
  });

  test('does not look at those that rest, however many they are', () => {
    const queue = new ChatQueue();
    for (let chat = 1; chat <= 10_000; chat++) {
      queue.add(chat, `tpv ${chat % 100}`);
      queue.pause(chat, 60_000 + chat);
    }
    expect(queue.next(0)).toEqual({ at: 60_001 });
    queue.add(20_000, 'a');
    const looks = vi.spyOn(Pace.prototype, 'readyAt');
    onTestFinished(() => looks.mockRestore());
    expect(served(queue, 5, 0)).toHaveLength(5);
    expect(queue.next(0)).toEqual({ at: 1_000 });
    expect(looks.mock.calls.length).toBeLessThan(50);
  });

  test('puts a chat into the line of whoever’s message is next in it', () => {
    const queue = new ChatQueue();
    // The hub greeted everybody; now each of them waits for a message of the flood.
    for (let chat = 1; chat <= 10; chat++) queue.add(chat, null);
    for (let chat = 1; chat <= 10; chat++) expect(queue.next(0)).toEqual({ chatId: chat });
    for (let chat = 1; chat <= 10; chat++) queue.done(chat, { tpvId: 'flood' }, 0);
    queue.add(99, null);
    expect(queue.next(0)).toEqual({ chatId: 1 });
    expect(queue.next(0)).toEqual({ chatId: 99 });
  });

  test('leaves room for others where one TPV’s requests hang', () => {
    const queue = new ChatQueue();
    for (let chat = 1; chat <= 100; chat++) queue.add(chat, 'slow');
    const hanging: number[] = [];
    for (let next = queue.next(0); 'chatId' in next; next = queue.next(0)) hanging.push(next.chatId);
    expect(hanging).toHaveLength(15);
    queue.add(200, 'b');
    expect(queue.next(0)).toEqual({ chatId: 200 });
    queue.done(hanging[0] ?? 0, undefined, 0);
    expect(queue.next(0)).toEqual({ chatId: 16 });
  });

  test('forgets chats that have nothing to send and have rested', () => {
    const queue = new ChatQueue();
    for (let chat = 1; chat <= 1_000; chat++) {
      queue.add(chat, 'a');
      queue.next(0);
      queue.taken(chat, 0);
      queue.done(chat, undefined, 0);
    }
    expect(queue.size).toBe(1_000);
    queue.add(5_000, 'a');
    queue.next(20_000);
    queue.taken(5_000, 20_000);
    queue.done(5_000, undefined, 20_000);
    expect(queue.size).toBe(1);
  });

  test('holds one entry for a chat, however much waits in it', () => {
    const queue = new ChatQueue();
    for (let i = 0; i < 100_000; i++) queue.add(1 + (i % 10), 'a');
    expect(queue.size).toBe(10);
  });
});
