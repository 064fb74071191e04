import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { HttpConnection } from './http-connection.ts';

/** How often the hub is asked whether it lives. */
const EVERY_MS = 10;
const REQUEST = 'GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n';

// A thread of its own: what the driver itself does meanwhile must not look like the hub's waiting.
const port = parentPort;
if (port === null) throw new Error('This file runs as a worker.');
let times: number[] = [];
let asking = true;
port.on('message', (order: 'take' | 'end') => {
  if (order === 'end') asking = false;
  port.postMessage(times);
  times = [];
});
const connection = await HttpConnection.open(new URL(String(workerData)));
port.postMessage('ready');
while (asking) {
  const sentAt = performance.now();
  await connection.send(REQUEST);
  const took = performance.now() - sentAt;
  times.push(took);
  await pause(Math.max(0, EVERY_MS - took));
}
connection.close();
port.close();
