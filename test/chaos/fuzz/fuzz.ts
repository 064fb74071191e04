import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import * as fc from 'fast-check';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import { SUBPROTOCOL } from '#protocol';
import { startEmulator } from '../../../demo/emulator/mod.ts';
import { readConfig } from '../../../src/config/config.ts';
import { createHub } from '../../../src/hub/hub.ts';
import { hurriedClock } from '../hurried-clock.ts';
import { SECRET } from '../made-up-hub.ts';
import { program } from '../program.ts';
import { register } from '../register.ts';
import { framesOf } from './frames.ts';
import { LAST_PERSON, lastTpv, orderGoesThrough } from './last-order.ts';
import { type ApiDocument, type FuzzedRequest, requestsOf } from './routes.ts';
import { PEOPLE, updatesOf } from './updates.ts';

export interface FuzzOptions {
  /** Requests, updates and frames in all. */
  inputs: number;
  seed: number;
}

export interface FuzzResult {
  seed: number;
  inputs: number;
  /** How often each status was answered. */
  statuses: Record<string, number>;
  /** How often the hub closed a socket, by code. */
  closed: Record<string, number>;
  /** Answers of 500, and answers that never came, with what was asked; the first ones. */
  unexpected: string[];
  /** Lines of the log that name a fault of the hub; the first ones. */
  faults: string[];
  /** Whether a message still goes to its TPV, and its report back. */
  worksAfter: boolean;
  integrity: string;
  tookSeconds: number;
}

const ADMIN_TOKEN = 'a-made-up-administrator-token';
/** So much faster than the wall: rates per second would otherwise refuse nearly everything. */
const HURRY = 200;
/** Inputs that are made at once. */
const BATCH = 200;
const SIDE_BY_SIDE = 8;
/** On one socket: the third wrong one would end it. */
const FRAMES = 5;
const ANSWER_MS = 60_000;
const SHOWN = 20;

/** Asks a hub for everything that it describes, with values that are nearly right and values that are not at all. */
export async function fuzz({ inputs, seed }: FuzzOptions): Promise<FuzzResult> {
  const startedAt = performance.now();
  const dir = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const file = join(dir, 'hub.db');
  const emulator = await startEmulator({ limits: false });
  for (const id of [...PEOPLE, LAST_PERSON]) {
    emulator.person({ id, first_name: `Persona ${id}`, started: true });
  }
  const faults: string[] = [];
  const log = pino({ level: 'error' }, { write: (line) => void (faults.length < SHOWN && faults.push(line.trim())) });
  const config = readConfig({
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: `sqlite:${file}`,
    DATABASE_DURABILITY: 'normal',
    TELEGRAM_BOT_TOKEN: emulator.token,
    TELEGRAM_WEBHOOK_SECRET: SECRET,
    TELEGRAM_WEBHOOK_AUTO: 'false',
    TELEGRAM_API_ROOT: emulator.apiRoot,
    TPV_REGISTRATION: 'open',
    ADMIN_TOKEN,
  });
  const clock = hurriedClock(HURRY);
  const hub = await createHub(
    config,
    { log, access: pino({ level: 'silent' }), mask: (text) => text, dropped: () => 0, flush: async () => {} },
    clock,
  );
  const url = new URL(await hub.listen());
  const agent = new Agent({ keepAlive: true, maxSockets: SIDE_BY_SIDE });
  const statuses: Record<string, number> = {};
  const closed: Record<string, number> = {};
  const unexpected: string[] = [];
  const note = (what: string) => void (unexpected.length < SHOWN && unexpected.push(what.slice(0, 2_000)));
  let key = await register(url.origin, 'TPV 0');
  let names = 0;

  const credentials = (as: FuzzedRequest['as']): Record<string, string> => {
    if (as === 'tpv') return { authorization: `ApiKey ${key}` };
    if (as === 'admin') return { authorization: `Token ${ADMIN_TOKEN}` };
    if (as === 'telegram') return { 'x-telegram-bot-api-secret-token': SECRET };
    return {};
  };
  const ask = async (fuzzed: FuzzedRequest): Promise<number> => {
    const { method, path, body, contentType, as } = fuzzed;
    const headers = {
      ...credentials(as),
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
    };
    const asked = request(new URL(url.origin + path), { method: method.toUpperCase(), agent, headers });
    asked.setTimeout(ANSWER_MS, () => asked.destroy(new Error('no answer')));
    asked.end(body);
    try {
      // 'response' has one argument.
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      // A stream of events has no end.
      if (answer.headers['content-type']?.startsWith('text/event-stream')) answer.destroy();
      else for await (const _ of answer);
      return answer.statusCode ?? 0;
    } catch (error) {
      // What is refused for its size may end the connection before it was wholly read.
      if (body !== undefined && isCut(error)) return 0;
      note(`${String(error)}: ${JSON.stringify(fuzzed)}`);
      return -1;
    }
  };
  const tryOne = async (fuzzed: FuzzedRequest) => {
    const status = await ask(fuzzed);
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (status === 500) note(`500: ${JSON.stringify(fuzzed)}`);
    if (fuzzed.as === 'tpv' && (status === 401 || status === 403)) key = await register(url.origin, `TPV ${++names}`);
  };
  const sendFrames = async (frames: (string | Buffer)[]) => {
    const socket = new WebSocket(`ws://${url.host}/api/tpv/ws/`, [SUBPROTOCOL], { headers: credentials('tpv') });
    // Refused at the door: its TPV was deactivated meanwhile.
    socket.on('error', () => {});
    const over = new Promise<number>((resolve) => socket.once('close', resolve));
    await Promise.race([new Promise((resolve) => socket.once('open', resolve)), over]);
    for (const frame of frames) if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    socket.close();
    const code = await over;
    closed[code] = (closed[code] ?? 0) + 1;
  };

  try {
    // Of the TPV that asks at the moment: it can't change what is another's.
    const known = async () => {
      const { read } = hub.db;
      const tpvs = await read.selectFrom('tpv_instances').select('id').orderBy('id', 'desc').limit(3).execute();
      const tpvId = tpvs[0]?.id ?? null;
      const of = <T extends 'instructions' | 'push_messages'>(table: T) =>
        read
          .selectFrom<'instructions' | 'push_messages'>(table)
          .select('id')
          .where('tpv_id', '=', tpvId)
          .orderBy('id', 'desc')
          .limit(5)
          .execute();
      const people = await read
        .selectFrom('telegram_users')
        .select('telegram_id as id')
        .where('tpv_id', '=', tpvId)
        .limit(3)
        .execute();
      const rows = [...tpvs, ...people, ...(await of('instructions')), ...(await of('push_messages'))];
      return fc.constantFrom(1_001, ...rows.map(({ id }) => id));
    };
    let done = 0;
    for (let round = 0; done < inputs; round++) {
      const ids = await known();
      // What the document describes, by its own type.
      const requests = fc.oneof(...requestsOf(hub.app.swagger() as ApiDocument, ids));
      const sample = <T>(of: fc.Arbitrary<T>, count: number) => fc.sample(of, { numRuns: count, seed: seed + round });
      const batch = [...sample(requests, BATCH * 0.6), ...sample(updatesOf(round * BATCH), BATCH * 0.2).map(asUpdate)];
      const frames = sample(framesOf(ids), BATCH * 0.2);
      const lanes = Array.from({ length: SIDE_BY_SIDE }, async () => {
        for (let one = batch.pop(); one !== undefined; one = batch.pop()) await tryOne(one);
      });
      const talk = async () => {
        for (let at = 0; at < frames.length; at += FRAMES) await sendFrames(frames.slice(at, at + FRAMES));
      };
      await Promise.all([...lanes, talk()]);
      done += BATCH;
    }
    const last = await lastTpv(url, ADMIN_TOKEN);
    // In a hurry, a socket of which a busy machine hears nothing for a quarter of a second is ended.
    clock.calm();
    const worksAfter = await orderGoesThrough(url, last, 10 * done + 10_000);
    await hub.close();
    const database = new SqliteDatabase(file, { readonly: true });
    const integrity = String(database.pragma('integrity_check', { simple: true }));
    database.close();
    const tookSeconds = (performance.now() - startedAt) / 1_000;
    return { seed, inputs: done, statuses, closed, unexpected, faults, worksAfter, integrity, tookSeconds };
  } finally {
    agent.destroy();
    await hub.close();
    await emulator.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

function asUpdate(body: string): FuzzedRequest {
  return { method: 'post', path: '/webhook/telegram/', body, contentType: 'application/json', as: 'telegram' };
}

function isCut(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

export const fuzzProgram = program({
  name: 'fuzz',
  options: { inputs: 1_000_000, seed: 1 },
  says: ({ inputs }) => `Asking a hub ${inputs} times for what it has and has not`,
  run: fuzz,
  held: ({ unexpected, faults, worksAfter, integrity }) =>
    unexpected.length === 0 && faults.length === 0 && worksAfter && integrity === 'ok',
  sums: ({ inputs }) => `${inputs} inputs, 0 crashes, 0 unexpected answers`,
});
