import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import WebSocket from 'ws';
import { madeUpHub, SECRET } from './made-up-hub.ts';
import { program } from './program.ts';
import { register } from './register.ts';

/** Intervals of the heartbeat that are watched after the hub goes on: by then each socket was judged. */
const WATCHED_INTERVALS = 3;
const from = { id: 1001, is_bot: false, first_name: 'Ana' };
const chat = { id: 1001, type: 'private' };
const POLL_LEASE_SECONDS = 3;

export interface HubStoppedOptions {
  /** For how long the process is stopped; longer than a lease and two intervals. */
  stopSeconds: number;
  heartbeatSeconds: number;
  sockets: number;
}

export interface HubStoppedResult {
  stoppedSeconds: number;
  /** The close codes of the sockets that did not stay open. */
  cut: number[];
  /** What a TPV that polls had in hand, and reported on meanwhile. */
  polled: unknown;
}

/** Stops a hub as the system does (SIGSTOP), lets it go on, and looks whom it holds its own silence against (row 38). */
export async function hubStopped(options: HubStoppedOptions): Promise<HubStoppedResult> {
  const { stopSeconds, heartbeatSeconds } = options;
  const dir = mkdtempSync(join(tmpdir(), 'hub-stopped-'));
  const file = join(dir, 'hub.db');
  const hub = await madeUpHub(
    {
      DATABASE_URL: `sqlite:${file}`,
      HEARTBEAT_INTERVAL_SECONDS: String(heartbeatSeconds),
      SENT_LEASE_SECONDS: String(POLL_LEASE_SECONDS),
    },
    { log: 'dropped' },
  );
  const open: WebSocket[] = [];
  const cut: number[] = [];
  let pings = 0;
  const { origin } = hub.url;
  try {
    await hub.start();
    const authorization = `ApiKey ${await register(origin, 'Consulta')}`;
    await fetch(`${origin}/webhook/telegram/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': SECRET },
      body: JSON.stringify({ update_id: 1, message: { message_id: 1, date: 1, text: 'Hola', from, chat } }),
    });
    for (let i = 0; i < options.sockets; i++) {
      const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/tpv/ws/`, ['valletpv.v1'], {
        headers: { authorization: `ApiKey ${await register(origin, `TPV ${i}`)}` },
      });
      open.push(socket);
      socket.on('close', (code) => cut.push(code));
      socket.on('error', () => {});
      socket.on('ping', () => pings++);
      const welcome = Promise.withResolvers<void>();
      socket.on('message', (data) => {
        if (JSON.parse(data.toString()).type === 'welcome') welcome.resolve();
      });
      await welcome.promise;
    }
    const polled = await fetch(`${origin}/api/tpv/instructions/`, { headers: { authorization } });
    const [instruction] = ((await polled.json()) as { instructions: { id: string }[] }).instructions;

    hub.signal('SIGSTOP');
    // It lies unread until the hub goes on, and the lease ends before.
    const reported = fetch(`${origin}/api/tpv/instructions/${instruction?.id}/`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ status: 'completed' }),
    });
    await pause(stopSeconds * 1_000);
    hub.signal('SIGCONT');
    await reported;

    const watched = pings + WATCHED_INTERVALS * options.sockets;
    for (let i = 0; i < 600 && pings < watched && cut.length < options.sockets; i++) {
      await pause((WATCHED_INTERVALS * heartbeatSeconds * 1_000) / 100);
    }
    const database = new SqliteDatabase(file, { readonly: true });
    const row = database.prepare('select status, retry_count from instructions').get();
    database.close();
    return { stoppedSeconds: stopSeconds, cut, polled: row };
  } finally {
    for (const socket of open) socket.removeAllListeners('close').terminate();
    await hub.end('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  }
}

export const hubStoppedProgram = program({
  name: 'hub-stopped',
  options: { 'stop-seconds': 90 },
  says: ({ 'stop-seconds': seconds }) => `Stopping the hub for ${seconds} s`,
  run: ({ 'stop-seconds': stopSeconds }) => hubStopped({ stopSeconds, heartbeatSeconds: 25, sockets: 100 }),
  held: ({ cut, polled }) => cut.length === 0 && JSON.stringify(polled) === '{"status":"completed","retry_count":0}',
  sums: () => 'no socket cut, no attempt counted',
});
