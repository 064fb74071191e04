import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/** What is on its way in one direction; past this the sender is not read until some of it arrived. */
const MOST_UNDER_WAY_BYTES = 1024 * 1024;

const { target, delayMs }: { target: string; delayMs: number } = workerData;
const { hostname, port } = new URL(target);
const server = createServer((near) => {
  const far = connect({ host: hostname, port: Number(port) });
  const end = () => {
    near.destroy();
    far.destroy();
  };
  for (const socket of [near, far]) socket.setNoDelay(true).on('error', end).on('close', end);
  // The whole round trip in one direction: the system's timers know whole milliseconds.
  delayed(near, far);
  far.pipe(near);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
// A TCP server's address is an object; only pipes have a string.
parentPort?.postMessage((server.address() as AddressInfo).port);

/** Passes on what comes in, in order, each piece `delayMs` after it came. */
function delayed(from: Socket, to: Socket): void {
  const underWay: { at: number; chunk: Buffer }[] = [];
  let bytes = 0;
  let timer: NodeJS.Timeout | undefined;
  const pass = () => {
    timer = undefined;
    for (let first = underWay[0]; first !== undefined && first.at <= performance.now(); first = underWay[0]) {
      underWay.shift();
      bytes -= first.chunk.length;
      to.write(first.chunk);
    }
    if (bytes < MOST_UNDER_WAY_BYTES) from.resume();
    const [next] = underWay;
    if (next !== undefined) timer = setTimeout(pass, Math.max(1, next.at - performance.now()));
  };
  from.on('data', (chunk: Buffer) => {
    underWay.push({ at: performance.now() + delayMs, chunk });
    bytes += chunk.length;
    if (bytes >= MOST_UNDER_WAY_BYTES) from.pause();
    timer ??= setTimeout(pass, delayMs);
  });
  from.on('close', () => clearTimeout(timer));
}
