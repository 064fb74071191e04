import { createServer } from 'node:net';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded into the hub before its program: how much processor time its event loop took between two of its turns, at
 * most. Unlike a time on the clock, it does not count what else the machine did. Whoever connects to the socket at
 * LOOP_WATCH reads the most, in milliseconds, since somebody did so last.
 */
const EVERY_MS = 1;

const { LOOP_WATCH: path } = process.env;
// The hub's other threads load this too, and are not its loop.
if (path !== undefined && isMainThread) watch(path);

function watch(path: string): void {
  let most = 0;
  let last = usedMs();
  setInterval(() => {
    const used = usedMs();
    most = Math.max(most, used - last);
    last = used;
  }, EVERY_MS).unref();
  createServer((socket) => {
    socket.on('error', () => {});
    socket.end(String(most));
    most = 0;
  })
    .listen(path)
    .unref();
}

function usedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
