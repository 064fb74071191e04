import { expect, test } from 'vitest';
import { Outlet } from '../../src/delivery/outlet.ts';

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
  const outlet = new Outlet(sink);
  for (const id of ['a', 'b', 'c', 'd', 'e']) {
    outlet.handOut(id, 1, 0, 5);
    outlet.deliver(id, id);
  }
  expect(delivered).toEqual(['a', 'b']);
  expect({ inFlight: outlet.inFlight, room: outlet.room }).toEqual({ inFlight: 5, room: 0 });
  // Reported over REST, or taken away: it need not go out any more.
  expect(outlet.settled('c')).toBe(true);
  expect(outlet.settled('c')).toBe(false);
  read();
  outlet.flush();
  expect(delivered).toEqual(['a', 'b', 'd', 'e']);
  expect(outlet.inFlight).toBe(4);
});
