import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { type WebSocket, WebSocketServer } from 'ws';

/**
 * What the SDK costs over a bare `ws` client, at saturation: CPU per instruction, memory over many of them, and the
 * time from a cut to receiving again. The hub is a stand-in in this thread; each client runs in a thread of its own, so
 * that its CPU can be told apart.
 */
const { values } = parseArgs({
  options: {
    instructions: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '5' },
    cuts: { type: 'string', default: '40' },
  },
});
const WINDOW = 256;
const PERSONS = 1_000;

const hub = await standIn();
const count = Number(values.instructions);
const cpu: Record<'bare' | 'sdk', number[]> = { bare: [], sdk: [] };
let memory: number[] = [];
for (let round = 0; round < Number(values.rounds); round++) {
  for (const client of ['bare', 'sdk'] as const) {
    const result = await measure(client, count);
    cpu[client].push(result.cpuMicros / (count * 0.9));
    if (client === 'sdk') memory = result.heapMiB;
  }
}
const [bare, sdk] = [median(cpu.bare), median(cpu.sdk)];
console.table({
  'bare ws, µs CPU per instruction': bare.toFixed(2),
  'SDK, µs CPU per instruction': sdk.toFixed(2),
  'SDK over bare, medians': over(sdk, bare),
  // The rounds that other programs disturbed least.
  'SDK over bare, best rounds': over(Math.min(...cpu.sdk), Math.min(...cpu.bare)),
  'SDK heap after GC, MiB, along the last round': memory.map((mib) => mib.toFixed(1)).join(' '),
});
const waits = await cuts(Number(values.cuts));
console.table({
  'cut → receiving, p50 ms': percentile(waits, 0.5),
  'cut → receiving, p95 ms': percentile(waits, 0.95),
});
process.exit(0);

interface StandIn {
  url: string;
  sockets: Set<WebSocket>;
  /** Sends so many instructions to the next socket, `WINDOW` at a time. */
  total: number;
  finished(): Promise<void>;
}

async function standIn(): Promise<StandIn> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  let finish = () => {};
  const state: StandIn = {
    url: '',
    sockets: sockets.clients,
    total: 0,
    finished: () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  };
  sockets.on('connection', (socket) => {
    const { total } = state;
    // Frames go out together once a millisecond, so that the stand-in is never what the clients wait for.
    let waiting: string[] = [];
    const send = (frame: string) => {
      if (waiting.push(frame) === 1) setTimeout(flush, 1);
    };
    const flush = () => {
      const frames = waiting;
      waiting = [];
      const { _socket: raw } = socket as unknown as { _socket: Socket };
      raw.cork();
      for (const frame of frames) socket.send(frame);
      raw.uncork();
    };
    let sent = 0;
    let done = 0;
    const give = () => {
      if (sent >= total) return;
      sent++;
      send(instruction(sent));
    };
    socket.on('message', (data) => {
      const frame = JSON.parse(data.toString());
      if (frame.type !== 'update') return;
      send(
        `{"type":"result","ref":"${frame.ref}","ok":true,"data":{"status":"ok","instruction_id":"${frame.id}","new_status":"${frame.status}"}}`,
      );
      if (frame.status !== 'completed') return;
      if (++done === total) finish();
      else give();
    });
    send(welcome());
    for (let i = 0; i < WINDOW; i++) give();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  state.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return state;
}

async function measure(client: 'bare' | 'sdk', total: number): Promise<{ cpuMicros: number; heapMiB: number[] }> {
  hub.total = total;
  const finished = hub.finished();
  const worker = new Worker(new URL('./sdk-client.ts', import.meta.url), {
    workerData: { client, url: hub.url, total },
  });
  await finished;
  worker.postMessage('stop');
  const [result] = await once(worker, 'message');
  await worker.terminate();
  return result;
}

/** The SDK's client in this process: only how long it takes counts here. */
async function cuts(times: number): Promise<number[]> {
  const { HubClient } = await import('#hub-client');
  hub.total = 0;
  // Each cut counts as the first one: a connection that held for a minute begins with short waits again.
  const tpv = new HubClient({ url: hub.url, apiKey: 'a-made-up-key', backoff: { resetAfterMs: 1 } });
  tpv.on('process_message', () => {});
  await tpv.connect();
  const waits: number[] = [];
  for (let i = 0; i < times; i++) {
    hub.total = 1;
    const startedAt = performance.now();
    const received = hub.finished();
    for (const socket of hub.sockets) socket.terminate();
    await received;
    waits.push(performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await tpv.close();
  return waits;
}

function welcome(): string {
  return JSON.stringify({
    type: 'welcome',
    protocol: 1,
    session_id: crypto.randomUUID(),
    tpv: { id: crypto.randomUUID(), name: 'TPV' },
    heartbeat_interval_ms: 25_000,
    max_in_flight: WINDOW,
    pending: 0,
    server_time: new Date().toISOString(),
  });
}

function instruction(n: number): string {
  const now = new Date().toISOString();
  const user = 1 + (n % PERSONS);
  const id = `${n.toString(16).padStart(8, '0')}-${now.slice(20, 23).padStart(4, '0')}-7000-8000-${user.toString(16).padStart(12, '0')}`;
  return (
    `{"type":"instruction","instruction":{"id":"${id}","command":"process_message",` +
    `"payload":{"chat_id":${user},"message_id":${n},"date":1762684200,"text":"Hola, quiero hacer un pedido ${n}",` +
    `"first_name":"Ana","last_name":"","username":null,"language_code":"es","attachments":[]},"status":"sent",` +
    `"priority":5,"telegram_user_id":${user},"telegram_username":"ana","created_at":"${now}","sent_at":"${now}",` +
    `"delivered_at":null,"completed_at":null,"expires_at":"2099-01-01T00:00:00.000Z","response":null,` +
    `"error_message":"","retry_count":0}}`
  );
}

function over(more: number, less: number): string {
  return `${((more / less - 1) * 100).toFixed(1)} %`;
}

function median(numbers: readonly number[]): number {
  return percentile(numbers, 0.5);
}

function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return Math.round((sorted[Math.floor((sorted.length - 1) * share)] ?? 0) * 100) / 100;
}
