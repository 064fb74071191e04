import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { WebSocket } from 'ws';
import { HubClient } from '#hub-client';

/** A client of sdk.ts in its own thread: the least that a TPV could write, or the SDK. */
const { client, url, total } = workerData as { client: 'bare' | 'sdk'; url: string; total: number };
const SAMPLES = 5;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const heapMiB: number[] = [];
let handled = 0;
/** From here on it counts: modules are loaded, and the compiler has seen the code. */
const WARM_UP = Math.floor(total / 10);
let startedWith = process.threadCpuUsage();

if (client === 'bare') bare();
else await sdk();

parentPort?.once('message', () => {
  const { user, system } = process.threadCpuUsage(startedWith);
  parentPort?.postMessage({ cpuMicros: user + system, heapMiB });
});

function bare(): void {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/tpv/ws/`, 'valletpv.v1', { perMessageDeflate: false });
  let refs = 0;
  socket.on('message', (data) => {
    const frame = JSON.parse(data.toString());
    if (frame.type !== 'instruction') return;
    const { id, payload } = frame.instruction;
    const response = answer(payload.text);
    socket.send(JSON.stringify({ type: 'update', id, status: 'completed', ref: `r${++refs}`, response }));
  });
}

async function sdk(): Promise<void> {
  const tpv = new HubClient({ url, apiKey: 'a-made-up-key', concurrency: 64 });
  tpv.on('process_message', ({ payload }) => answer(payload.text));
  await tpv.connect();
}

function answer(text: string): { text: string } {
  if (++handled === WARM_UP) startedWith = process.threadCpuUsage();
  if (handled % Math.floor(total / SAMPLES) === 0) {
    collectGarbage();
    heapMiB.push(process.memoryUsage().heapUsed / 2 ** 20);
  }
  return { text: `Recibido: ${text}` };
}
