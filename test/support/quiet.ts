import type { TestClock } from './clock.ts';
import type { TestHub } from './hub.ts';
import type { TestSocket } from './socket.ts';
import { patience } from './within.ts';

/** Resolves when everything that the hub has to do and to say to `socket` by now is done and has arrived. */
export async function quiet({ hubs }: TestHub, socket: TestSocket): Promise<void> {
  // A report's commit makes room, and the next commit fills it.
  for (let i = 0; i < 3; i++) {
    await socket.sync();
    await Promise.all(hubs.map(({ db }) => db.transact(async () => {})));
  }
  await socket.sync();
}

/**
 * Moves time on, second by second, until `thing` is there: for what the sweep does, which skips a second where the
 * one before is still under way.
 */
export async function comes<T>(hub: TestHub, clock: TestClock, socket: TestSocket, thing: Promise<T>): Promise<T> {
  let there = false;
  const arrived = thing.finally(() => {
    there = true;
  });
  const waits = patience(() => 'It did not come');
  for (; !there; waits()) {
    await clock.advance(1_000);
    await quiet(hub, socket);
  }
  return arrived;
}
