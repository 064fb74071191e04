import { hostname } from 'node:os';
import { type Cancel, systemClock } from '../clock.ts';
import { VERSION } from '../config/version.ts';
import { COMMITS_WITHOUT_DISK, type SideConnections } from '../db/postgres/side.ts';
import { FIRST_LEVEL, SCHEMA_MIN } from '../db/schema-level.ts';
import { HubError } from '../errors.ts';
import { uuidv7 } from '../ids.ts';
import type { Lease } from './cluster.ts';
import type { ClusterObserver } from './observer.ts';

/** `only`: of a hub that shares its database with none. */
export type LeaseName = Lease | 'only';

export interface MembershipOptions {
  /** A hub that says nothing for so long counts as dead; it is asked to say something three times in it. */
  leaseMs: number;
  /** The bot's id: hubs that share a database have one bot; absent: it is not looked at. */
  bot?: string | undefined;
  /** Of its program: a database whose hubs have to be on a higher one is not its any more. */
  level: number;
  /** What all hubs must have alike, as JSON (drift.ts). */
  shared?: string | undefined;
  /** What this hub leads whenever no other one does. */
  leases: readonly LeaseName[];
  onFault(error: unknown): void;
  /** Called once when a newer program has changed the database so that this one can't work on it any more. */
  onTooOld?(): void;
  /** Called after each renewal with the leases that this hub has then. */
  onRenewed?(terms: ReadonlyMap<LeaseName, number>): void;
  observer?: Pick<ClusterObserver, 'renewed'> | undefined;
}

/** A hub stops acting so much before the others take it for dead. */
const MARGIN = 1 / 6;
/** Without a word with the database for so long, in leases, its sockets are given up: others have its TPVs' rows. */
const LEASES_UNTIL_GIVEN_UP = 4;

/** The database's own clock, in milliseconds: the one clock that all hubs share. */
export const DATABASE_NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint';

/** Where a hub of another bot is alive, none enters. */
const ENTER = `insert into hubs (id, name, version, bot, level, config, state, started_at, until)
  select $1, $2, $3, $5, $6, $7, 'up', now, now + $4::bigint from (select ${DATABASE_NOW} as now) as clock
  where not exists (select 1 from hubs as other where other.bot != $5 and other.until >= now)
  returning id`;

/**
 * Says that this hub is alive, keeps its leases and takes those that are free: one statement, so all of it or nothing.
 * It holds for seconds, so nothing waits for a disk.
 */
const RENEW = `with clock as materialized (select ${DATABASE_NOW} as now, ${COMMITS_WITHOUT_DISK}),
  mine as (update hubs set until = clock.now + $2::bigint from clock where id = $1 returning id),
  led as (
    insert into leases (name, hub_id, term, until)
    select wanted.name, mine.id, 1, clock.now + $2::bigint from mine, clock, unnest($3::text[]) as wanted(name) order by 1
    on conflict (name) do update set
      hub_id = excluded.hub_id,
      until = excluded.until,
      term = leases.term + case when leases.hub_id = excluded.hub_id then 0 else 1 end
    where leases.hub_id = excluded.hub_id or leases.until < (select now from clock)
    returning name, term)
  select exists (select 1 from mine) as known, coalesce((select json_object_agg(name, term) from led), '{}') as terms,
    coalesce((select value from settings where key = '${SCHEMA_MIN}')::int, ${FIRST_LEVEL}) as schema_min`;

const RESIGN = `with left_alone as (update leases set until = 0 where hub_id = $1)
  update hubs set state = 'draining' where id = $1`;
const LEAVE = `with left_alone as (update leases set until = 0 where hub_id = $1)
  delete from hubs where id = $1`;

interface Renewed {
  /** Whether its row is there. */
  known: boolean;
  terms: Partial<Record<LeaseName, number>>;
  schema_min: number;
}

/** This process's row among the hubs, and what it leads. */
export class Membership {
  readonly #side: SideConnections;
  readonly #options: MembershipOptions;
  readonly #timer: Cancel;
  readonly #onLead = new Map<LeaseName, Set<() => void>>();
  readonly #onBuried = new Set<() => void>();
  #id = '';
  #terms = new Map<LeaseName, number>();
  /** By the machine's monotonic clock, which goes on while the process stands still. */
  #aliveUntil = 0;
  /** Since when it has been renewed without a gap. */
  #aliveSince = 0;
  #givenUp = false;
  #resigned = false;
  #tooOld = false;
  #renewing: Promise<void> | undefined;

  private constructor(side: SideConnections, options: MembershipOptions) {
    this.#side = side;
    this.#options = options;
    this.#timer = systemClock().every(options.leaseMs / 3, () => this.#tick());
  }

  /** Enters this process among the hubs of the database. */
  static async enter(side: SideConnections, options: MembershipOptions): Promise<Membership> {
    const membership = new Membership(side, options);
    try {
      await membership.#enter();
      await membership.renew();
      return membership;
    } catch (error) {
      membership.#timer();
      throw error;
    }
  }

  get id(): string {
    return this.#id;
  }

  isAlive(): boolean {
    return performance.now() < this.#aliveUntil;
  }

  /** Whether the others had as long to renew as this hub: the database was away for none, or for all and is back. */
  get mayBury(): boolean {
    return this.isAlive() && performance.now() - this.#aliveSince > this.#options.leaseMs;
  }

  term(lease: LeaseName): number | undefined {
    return this.isAlive() ? this.#terms.get(lease) : undefined;
  }

  onLead(lease: LeaseName, fn: () => void): Cancel {
    const listeners = this.#onLead.get(lease) ?? new Set();
    this.#onLead.set(lease, listeners.add(fn));
    if (this.term(lease) !== undefined) fn();
    return () => listeners.delete(fn);
  }

  onBuried(fn: () => void): Cancel {
    this.#onBuried.add(fn);
    return () => this.#onBuried.delete(fn);
  }

  /** Renews now, or waits for the renewal that is under way; never rejects. */
  renew(): Promise<void> {
    this.#renewing ??= this.#renew()
      .catch((error) => this.#options.onFault(error))
      .finally(() => {
        this.#renewing = undefined;
      });
    return this.#renewing;
  }

  async resign(): Promise<void> {
    this.#resigned = true;
    await this.#renewing;
    this.#terms = new Map();
    await this.#side.query(RESIGN, [this.#id]);
  }

  async leave(): Promise<void> {
    this.#timer();
    this.#resigned = true;
    await this.#renewing;
    this.#aliveUntil = 0;
    await this.#side.query(LEAVE, [this.#id]);
  }

  async #enter(): Promise<void> {
    // The machine's clock orders ids, and decides nothing.
    const id = uuidv7(systemClock().now());
    const { leaseMs, bot = null, level, shared = null } = this.#options;
    const entered = await this.#side.query(ENTER, [id, hostname(), VERSION, leaseMs, bot, level, shared]);
    if (entered.length === 0) {
      throw new HubError(
        'unavailable',
        'A hub of another bot runs on this PostgreSQL database: give each bot its own.',
      );
    }
    this.#id = id;
  }

  #tick(): void {
    const silentMs = performance.now() - this.#aliveUntil;
    if (silentMs > this.#options.leaseMs * LEASES_UNTIL_GIVEN_UP && !this.#givenUp) {
      this.#givenUp = true;
      this.#buried();
    }
    void this.renew();
  }

  async #renew(): Promise<void> {
    const { leaseMs, leases, onRenewed } = this.#options;
    const sentAt = performance.now();
    const wanted = this.#resigned ? [] : leases;
    const [row] = await this.#side.query<Renewed>(RENEW, [this.#id, leaseMs, wanted]);
    if (row === undefined || !row.known) {
      this.#aliveUntil = 0;
      this.#terms = new Map();
      this.#buried();
      await this.#enter();
      return this.#renew();
    }
    if (row.schema_min > this.#options.level && !this.#tooOld) {
      this.#tooOld = true;
      this.#options.onTooOld?.();
    }
    this.#options.observer?.renewed(performance.now() - sentAt);
    if (!this.isAlive()) this.#aliveSince = sentAt;
    this.#aliveUntil = sentAt + leaseMs * (1 - MARGIN);
    this.#givenUp = false;
    const before = this.#terms;
    this.#terms = new Map(leases.flatMap((name) => (row.terms[name] === undefined ? [] : [[name, row.terms[name]]])));
    for (const [name, term] of this.#terms) {
      if (before.get(name) === term) continue;
      for (const fn of [...(this.#onLead.get(name) ?? [])]) fn();
    }
    onRenewed?.(this.#terms);
  }

  #buried(): void {
    for (const fn of [...this.#onBuried]) fn();
  }
}
