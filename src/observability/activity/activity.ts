import { isFinal } from '#protocol';
import type { Cancel, Clock } from '../../clock.ts';
import type { Database } from '../../db/open.ts';
import type { EventSource } from '../../events.ts';
import { NOBODY } from '../../users/nobody.ts';
import { areFailing, COUNTED, type Counts, LastMinute, noCounts } from './activity-counts.ts';
import { addMinutes, deleteMinutes, endedSince, type MinuteRow, minutesSince } from './activity-store.ts';
import type { Figures } from './figures.ts';
import { type History, historyOf } from './history.ts';
import { Latencies } from './latencies.ts';

export interface ActivityPorts {
  db: Database;
  clock: Clock;
  events: EventSource;
  /** By how much the clock was set ahead within so long: minutes seem that much older than they are. */
  corrections: { aheadMs(withinMs: number): number };
  onFault(error: unknown): void;
}

const MINUTE_MS = 60_000;
const KEPT_MS = 48 * 3_600_000;
/** Messages a second are an average over this long. */
export const LATE_SECONDS = 10;
/** Minutes of the sliding window of delivery, besides the one that runs. */
const WINDOW_MINUTES = 5;
/** Rows that wait for a database that is away: an hour of a thousand TPVs. The oldest go first. */
const MAX_UNWRITTEN = 60_000;
/** The whole hub's row. */
const HUB = '';

/** What happens within the minute that runs, to the hub or to a TPV. */
interface Slot {
  counts: Counts;
  latencies: Latencies | undefined;
}

/**
 * Counts what happens, to the hub and to each TPV, minute by minute. On the way of an update it costs a few additions;
 * once a minute they are written down, and kept for 48 hours.
 */
export class Activity {
  readonly #ports: ActivityPorts;
  readonly #leave: Cancel[];
  readonly #lastMinute: LastMinute;
  #minute: number;
  #slots = new Map<string, Slot>();
  #hub: Slot = { counts: noCounts(), latencies: undefined };
  /** The last whole minutes' latencies of the hub, the oldest first. */
  #window: (Latencies | undefined)[] = [];
  #unwritten: MinuteRow[] = [];
  #writing: Promise<void> | undefined;
  /** How often writing began. */
  #writes = 0;

  constructor(ports: ActivityPorts) {
    const { clock, events } = ports;
    this.#ports = ports;
    this.#minute = minuteOf(clock.now());
    this.#lastMinute = new LastMinute(Math.floor(clock.elapsed() / 1_000));
    this.#leave = [
      clock.every(1_000, () => this.#tick()),
      // Whose an update is shows in the instruction that it becomes.
      events.on('update.received', () => this.#count('updates', null)),
      events.on('instruction.stored', ({ tpvId, userId }) => {
        if (userId !== NOBODY) this.#count('instructions', tpvId);
      }),
      events.on('instruction.reported', ({ tpvId, userId, status, waitedMs }) => {
        if (userId === NOBODY) return;
        if (waitedMs !== undefined) this.#took(tpvId, waitedMs);
        if (isFinal(status)) this.#count(status === 'completed' ? 'completed' : 'failed', tpvId);
      }),
      events.on('instruction.unanswered', ({ tpvId }) => this.#count('failed', tpvId)),
      events.on('push.settled', ({ tpvId, status }) =>
        this.#count(status === 'sent' ? 'pushes' : 'pushes_failed', tpvId),
      ),
    ];
  }

  /** What happened in the last seconds, 60 at the most, to the whole hub. */
  recent(seconds?: number): Counts {
    return this.#lastMinute.sum(seconds);
  }

  /**
   * From an instruction's commit to its TPV's first report, over the last minutes.
   * @param others what other hubs of the database measured
   */
  delivery(others: readonly Pick<Figures, 'latencies'>[] = []): {
    p50: number | undefined;
    p99: number | undefined;
    windowSeconds: number;
  } {
    const all = this.#delivered();
    for (const { latencies } of others) all.addPairs(latencies);
    const windowSeconds = (WINDOW_MINUTES * MINUTE_MS) / 1_000;
    return { p50: all.percentile(0.5), p99: all.percentile(0.99), windowSeconds };
  }

  /** What another hub adds to its own to show what happens at all of them. */
  figures(pausedUntil: number | undefined): Figures {
    return {
      lastMinute: this.recent(),
      latePushes: this.recent(LATE_SECONDS).pushes,
      latencies: this.#delivered().pairs(),
      pausedUntil: pausedUntil ?? null,
    };
  }

  #delivered(): Latencies {
    const all = new Latencies();
    for (const one of [...this.#window, this.#hub.latencies]) if (one !== undefined) all.merge(one);
    return all;
  }

  /**
   * The last minutes, the running one included.
   * @param tpvId undefined: of the whole hub
   */
  async history(minutes: number, tpvId = HUB): Promise<History> {
    const from = minuteOf(this.#ports.clock.now()) - (minutes - 1) * MINUTE_MS;
    const written = await this.#whileNoneIsWritten(() => this.#ports.db.query(minutesSince, { tpvId, from }));
    const slot = tpvId === HUB ? this.#hub : this.#slots.get(tpvId);
    const own = this.#unwritten.filter((row) => row.tpv_id === tpvId);
    if (slot !== undefined) own.push(rowOf(this.#minute, tpvId, slot));
    return historyOf(from, minutes, [...written, ...own]);
  }

  /**
   * TPVs whose instructions fail: three of them did, or half of two and more.
   * @param minutes the running one included
   */
  async failing(minutes: number): Promise<{ tpvId: string; failed: number }[]> {
    const from = minuteOf(this.#ports.clock.now()) - (minutes - 1) * MINUTE_MS;
    const sums = new Map<string, { failed: number; completed: number }>();
    const add = (tpvId: string, failed: number, completed: number) => {
      const before = sums.get(tpvId) ?? { failed: 0, completed: 0 };
      sums.set(tpvId, { failed: before.failed + failed, completed: before.completed + completed });
    };
    for (const row of await this.#whileNoneIsWritten(() => this.#ports.db.query(endedSince, { from }))) {
      add(row.tpv_id, Number(row.failed), Number(row.completed));
    }
    for (const row of this.#unwritten) if (row.minute >= from) add(row.tpv_id, row.failed, row.completed);
    for (const [tpvId, { counts }] of this.#slots) add(tpvId, counts.failed, counts.completed);
    sums.delete(HUB);
    return [...sums].filter(([, sum]) => areFailing(sum)).map(([tpvId, { failed }]) => ({ tpvId, failed }));
  }

  /** Counts no more; resolves when what was counted is written, or could not be. */
  async stop(): Promise<void> {
    for (const leave of this.#leave) leave();
    await this.#writing;
    this.#closeMinute();
    await this.#write();
  }

  #count(what: keyof Counts, tpvId: string | null): void {
    this.#hub.counts[what]++;
    this.#lastMinute.current[what]++;
    if (tpvId !== null) this.#slot(tpvId).counts[what]++;
  }

  #took(tpvId: string, ms: number): void {
    for (const slot of [this.#hub, this.#slot(tpvId)]) {
      slot.latencies ??= new Latencies();
      slot.latencies.add(ms);
    }
  }

  #slot(tpvId: string): Slot {
    let slot = this.#slots.get(tpvId);
    if (slot === undefined) {
      slot = { counts: noCounts(), latencies: undefined };
      this.#slots.set(tpvId, slot);
    }
    return slot;
  }

  #tick(): void {
    const { clock } = this.#ports;
    this.#lastMinute.moveTo(Math.floor(clock.elapsed() / 1_000));
    const minute = minuteOf(clock.now());
    if (minute === this.#minute) return;
    this.#closeMinute();
    this.#minute = minute;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /** The minute is over: its rows wait to be written. */
  #closeMinute(): void {
    const slots: [string, Slot][] = [[HUB, this.#hub], ...this.#slots];
    for (const [tpvId, slot] of slots) {
      if (!isEmpty(slot)) this.#unwritten.push(rowOf(this.#minute, tpvId, slot));
    }
    this.#unwritten.splice(0, this.#unwritten.length - MAX_UNWRITTEN);
    this.#window = [...this.#window, this.#hub.latencies].slice(-WINDOW_MINUTES);
    this.#hub = { counts: noCounts(), latencies: undefined };
    this.#slots = new Map();
  }

  /** Reads while no row moves from here into the database: one that moves would be counted twice, or not at all. */
  async #whileNoneIsWritten<T>(read: () => Promise<T>): Promise<T> {
    for (;;) {
      await this.#writing;
      const writes = this.#writes;
      const rows = await read();
      if (writes === this.#writes) return rows;
    }
  }

  /** Never rejects: what could not be written waits for the next minute. */
  async #write(): Promise<void> {
    this.#writes++;
    const { db, clock, corrections, onFault } = this.#ports;
    const rows = [...this.#unwritten];
    try {
      await addMinutes(db, rows, (few) => {
        const written = new Set(few);
        this.#unwritten = this.#unwritten.filter((row) => !written.has(row));
      });
      await deleteMinutes(db, clock.now() - KEPT_MS - corrections.aheadMs(KEPT_MS));
    } catch (error) {
      onFault(error);
    }
  }
}

function minuteOf(ms: number): number {
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS;
}

function isEmpty({ counts, latencies }: Slot): boolean {
  return latencies === undefined && COUNTED.every((key) => counts[key] === 0);
}

function rowOf(minute: number, tpvId: string, { counts, latencies }: Slot): MinuteRow {
  const p50 = latencies?.percentile(0.5) ?? null;
  const p99 = latencies?.percentile(0.99) ?? null;
  return { minute, tpv_id: tpvId, ...counts, p50_ms: p50, p99_ms: p99 };
}
