import { type Clock, nextTurn } from '../clock.ts';
import { parseJson } from '../db/json-text.ts';
import type { Database, Tx } from '../db/open.ts';
import type { EventSource } from '../events.ts';
import { hubPushesInTurn } from '../push/push-store.ts';
import { offlineTold, untoldOffline } from '../tpvs/presence/untold.ts';
import { allTpvs, type Tpv, tpvById } from '../tpvs/tpv.ts';
import { personKey } from '../users/user.ts';
import { type SayPorts, sayInSilence, standingOf } from './say.ts';
import { type Cause, type Sentence, sentenceFor } from './sentence.ts';
import {
  MESSAGE_COMMANDS,
  silenceOf,
  stillUntaken,
  UNTAKEN_STATUSES,
  type Untaken,
  untakenOf,
  writtenSince,
} from './silence-store.ts';

export interface LookoutPorts extends SayPorts {
  db: Database;
  clock: Clock;
  events: EventSource;
  /** How long an online TPV may leave a message without a report, in milliseconds; 0: for ever. */
  waitingMs: number;
  /** By how much the clock was set ahead within so long: messages seem to have waited that much longer. */
  aheadMs(withinMs: number): number;
}

/** When a TPV is looked at, and how far the look under way has come. */
interface Look {
  /** By the clock's `elapsed`. */
  at: number;
  status: number;
  after: number;
  /** Something came for the TPV since the look began. */
  again: boolean;
  /** In so many milliseconds the next message will have waited for too long. */
  nextMs: number | undefined;
  /** When its TPV went offline, if its people are to be told for that; as the row has it. */
  offlineSince: number | undefined;
}

/** A TPV to which nothing else happens is looked at again after so long, where `waitingMs` does not say. */
const USUAL_LOOK_MS = 120_000;
/** Messages read at once; this many looks into the database hold up nothing. */
const READ_AT_ONCE = 50;
/** Sentences for one TPV's people, until it is another TPV's turn. */
const SAID_AT_ONCE = 10;
/**
 * Sentences that may wait for Telegram at once: a second of its pace. So ten thousand that are owed at once keep no other
 * sentence of the hub waiting; and TPVs' own messages take turns with them anyway (src/push/queue.ts).
 */
const MOST_IN_TURN = 30;
const PAGES_PER_TICK = 200;
/** TPVs that went offline, at once; the others' turn comes when those of these are told. */
const OFFLINE_AT_ONCE = 100;

/**
 * Looks after people whose message no TPV takes, and of whom no transaction speaks by itself: an online TPV does not
 * report for too long, or a TPV goes offline. It remembers only when to look at which TPV; what is to be said follows
 * from the rows, so a new process goes on where the last one ended.
 */
export class Lookout {
  readonly #ports: LookoutPorts;
  readonly #lookMs: number;
  readonly #looks = new Map<string, Look>();

  constructor(ports: LookoutPorts) {
    this.#ports = ports;
    this.#lookMs = ports.waitingMs === 0 ? USUAL_LOOK_MS : ports.waitingMs;
    const came = ({ tpvId }: { tpvId: string | null }) => {
      if (tpvId !== null) this.#came(tpvId);
    };
    ports.events.on('instruction.stored', came);
    // Moved from another TPV.
    ports.events.on('instruction.ready', came);
    ports.events.on('tpv.online', ({ tpvId }) => this.#lookIn(tpvId, this.#lookMs));
  }

  /** What TPVs left without a report before this process is looked at again. */
  async start(): Promise<void> {
    for (const tpv of await this.#ports.db.query(allTpvs, {})) {
      if (this.#ports.isOnline(tpv)) this.#lookIn(tpv.id, this.#lookMs);
    }
  }

  /**
   * Where several hubs share the database, now and then: messages that another hub wrote are looked at, too. A look that is
   * due already stays.
   */
  async lookAtAll(): Promise<void> {
    for (const tpv of await this.#ports.db.query(allTpvs, {})) {
      if (!this.#looks.has(tpv.id) && this.#ports.isOnline(tpv)) this.#lookIn(tpv.id, this.#lookMs);
    }
  }

  /** Once a second: says what is owed, as fast as Telegram takes it; calls must not overlap. */
  async tick(): Promise<void> {
    const { db, clock } = this.#ports;
    for (const { id, since } of await db.query(untoldOffline, { limit: OFFLINE_AT_ONCE })) {
      if (since !== null && this.#looks.get(id)?.offlineSince !== since) this.#lookIn(id, 0, since);
    }
    const elapsed = clock.elapsed();
    const due = [...this.#looks].filter(([, look]) => look.at <= elapsed);
    if (due.length === 0) return;
    const inTurn = await db.query(hubPushesInTurn, { now: clock.now(), most: MOST_IN_TURN });
    let room = MOST_IN_TURN - inTurn.length;
    for (let pages = 0; pages < PAGES_PER_TICK && room > 0; pages++) {
      const next = due.shift();
      if (next === undefined) return;
      const [tpvId, look] = next;
      // The TPV came or went meanwhile: it has another look before it.
      if (this.#looks.get(tpvId) !== look) continue;
      const { said, over } = await this.#page(tpvId, look, Math.min(room, SAID_AT_ONCE));
      room -= said;
      if (over) await this.#over(tpvId, look);
      else due.push(next);
      await nextTurn();
    }
  }

  #lookIn(tpvId: string, ms: number, offlineSince?: number): void {
    const at = this.#ports.clock.elapsed() + ms;
    this.#looks.set(tpvId, { at, status: 0, after: 0, again: false, nextMs: undefined, offlineSince });
  }

  #came(tpvId: string): void {
    const look = this.#looks.get(tpvId);
    if (look === undefined) this.#lookIn(tpvId, this.#lookMs);
    else look.again = true;
  }

  async #over(tpvId: string, look: Look): Promise<void> {
    const { offlineSince } = look;
    if (offlineSince !== undefined) await this.#ports.db.transact((tx) => offlineTold(tx, tpvId, offlineSince));
    if (this.#looks.get(tpvId) !== look) return;
    this.#looks.delete(tpvId);
    const nextMs = look.nextMs ?? (look.again ? this.#lookMs : undefined);
    if (nextMs !== undefined) this.#lookIn(tpvId, nextMs);
  }

  /** Goes through some of a TPV's messages, and says what is to be said of them. */
  async #page(tpvId: string, look: Look, most: number): Promise<{ said: number; over: boolean }> {
    const { db, clock, waitingMs, aheadMs } = this.#ports;
    const [tpv] = await db.query(tpvById, { id: tpvId });
    const status = UNTAKEN_STATUSES[look.status];
    if (tpv === undefined || status === undefined) return { said: 0, over: true };
    const standing = standingOf(this.#ports, tpv, clock.now());
    const cause: Cause = standing.online ? 'waiting' : 'offline';
    if (cause === 'waiting' && waitingMs === 0) return { said: 0, over: true };
    const sentence = sentenceFor(cause, standing);
    if (sentence === undefined) {
      // Paused or closed: what waits then is looked at again until it opens.
      look.again = true;
      return { said: 0, over: true };
    }
    const cameBy = cause === 'waiting' ? clock.now() - waitingMs - aheadMs(waitingMs) : Number.MAX_SAFE_INTEGER;
    const rows = await db.query(untakenOf, { tpvId, status, after: look.after, limit: READ_AT_ONCE });
    const owed = new Map<number, Untaken>();
    let { after } = look;
    for (const row of rows) {
      if (row.created_at > cameBy) {
        look.nextMs = Math.min(look.nextMs ?? Number.POSITIVE_INFINITY, row.created_at - cameBy);
        after = Number.MAX_SAFE_INTEGER;
        break;
      }
      after = row.seq;
      if (row.delivered_at !== null || !MESSAGE_COMMANDS.includes(row.command)) continue;
      if (owed.has(row.telegram_user_id) || (await this.#hasRead(sentence, tpv, row))) continue;
      owed.set(row.telegram_user_id, row);
      if (owed.size >= most) break;
    }
    const told = await Promise.all([...owed.values()].map((row) => this.#tell(cause, tpv, row)));
    const isEnd = after === Number.MAX_SAFE_INTEGER || (rows.length < READ_AT_ONCE && after === rows.at(-1)?.seq);
    // Only now: where something failed, the next tick goes through the same rows.
    look.after = isEnd || rows.length === 0 ? 0 : after;
    if (isEnd || rows.length === 0) look.status++;
    return { said: told.filter(Boolean).length, over: look.status >= UNTAKEN_STATUSES.length };
  }

  /** Whether the person has read it in this silence. */
  async #hasRead(sentence: Sentence, tpv: Tpv, row: Untaken): Promise<boolean> {
    const [silence] = await this.#ports.db.query(silenceOf, { personId: row.telegram_user_id });
    return silence?.tpv_id === tpv.id && parseJson(silence.said).includes(sentence);
  }

  /** @returns whether something was said */
  #tell(cause: Cause, tpv: Tpv, row: Untaken): Promise<boolean> {
    const { db, clock } = this.#ports;
    const [tpvId, personId] = [tpv.id, row.telegram_user_id];
    const tell = async (tx: Tx) => {
      // It may have taken the message, or written to the person, while the rows were read.
      if ((await tx.run(stillUntaken, { id: row.id, tpvId })).length === 0) return false;
      if ((await tx.run(writtenSince, { personId, tpvId, since: row.created_at })).length > 0) return false;
      const message = { instructionId: row.id, tpvId, personId };
      return (await sayInSilence(tx, this.#ports, cause, tpv, message, clock.now())) !== undefined;
    };
    return db.transact(tell, { key: personKey(personId) });
  }
}
