import { expect, test } from 'vitest';
import { SocketWindow } from '../../src/delivery/socket-window.ts';

/** A socket that has enough to be read after `most` instructions, until it is read. */
function narrowSink(most: number) {
  const delivered: string[] = [];
  let unread = 0;
  return {
    delivered,
    read: () => {
      unread = 0;
    },
    sink: {
      id: 'session',
      tpvId: 'tpv',
      maxInFlight: 10,
      get congested() {
        return unread >= most;
      },
      deliver: (instruction: string) => {
        unread++;
        delivered.push(instruction);
      },
      revoke: () => {},
    },
  };
}

test('what is handed out at once goes to the socket only as fast as it is read, and in order', () => {
  const { sink, delivered, read } = narrowSink(2);
  const window = new SocketWindow(sink);
  for (const id of ['a', 'b', 'c', 'd', 'e']) {
    window.handOut(id, 1, 0, 5);
    window.deliver(id, id);
  }
  expect(delivered).toEqual(['a', 'b']);
  expect({ inFlight: window.inFlight, room: window.room }).toEqual({ inFlight: 5, room: 0 });
  // Reported over REST, or taken away: it need not go out any more.
  expect(window.settled('c')).toBe(true);
  expect(window.settled('c')).toBe(false);
  read();
  window.flush();
  expect(delivered).toEqual(['a', 'b', 'd', 'e']);
  expect(window.inFlight).toBe(4);
});
