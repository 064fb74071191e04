import { pause, systemClock } from '../clock.ts';
import { databaseFault } from '../db/fault.ts';
import { unreachable } from '../db/postgres/session.ts';
import { openSideConnections, type SideConnections } from '../db/postgres/side.ts';
import { HubError } from '../errors.ts';
import { DATABASE_NOW, Membership } from './membership.ts';

export interface OnlyHubOptions {
  /** `postgres://…` */
  url: string;
  /** Of its program (db/schema-level.ts). */
  level: number;
  /** Gets what goes wrong where no caller waits for an answer. */
  onFault(error: unknown): void;
  /** Another hub has the database, as this one said nothing for as long as the lease lasts: it must end at once. */
  onLost(): void;
  /** For tests; absent: 3 s. */
  leaseMs?: number;
}

/** A hub that was killed keeps the next one waiting for so long. */
const LEASE_MS = 3_000;
const LOOK_AGAIN_MS = 250;

/** Whether the tables are there as the statements here want them; an older hub's are migrated first. */
const TABLES = `select to_regclass('leases') is not null and exists (select 1 from pg_attribute
  where attrelid = to_regclass('hubs') and attname = 'level' and not attisdropped) as made`;
const HOLDER = `select leases.until, hubs.name, hubs.version, hubs.started_at as since
  from leases left join hubs on hubs.id = leases.hub_id
  where leases.name = 'only' and leases.hub_id != $1 and leases.until >= ${DATABASE_NOW}`;
/** A hub that shares the database with others. */
const SHARING = `select hubs.until, hubs.name, hubs.version, hubs.started_at as since from leases join hubs on hubs.id = leases.hub_id
  where leases.name != 'only' and leases.until >= ${DATABASE_NOW} limit 1`;
const OTHERS = 'delete from hubs where id != $1';

interface Holder {
  until: number;
  name: string | null;
  version: string | null;
  since: number | null;
}

/**
 * Makes this process the one hub of a PostgreSQL, by a lease in a row: a lock of a session would end with its connection,
 * and means nothing behind a pooler (pgbouncer) in transaction mode. Commands need no lease, and work beside it.
 */
export class OnlyHub {
  readonly #options: OnlyHubOptions;
  #side: SideConnections | undefined;
  #membership: Membership | undefined;
  /** Whether the last renewal said that it has the lease. */
  #isHolder = false;
  /** Whether this process goes by it. */
  #isEntered = false;

  constructor(options: OnlyHubOptions) {
    this.#options = options;
  }

  /**
   * Takes the lease, for as long as this process runs; nothing happens where the tables are not made yet, or it has it.
   * @throws HubError `unavailable` with a sentence that names the other hub, or says what is wrong with the database
   */
  async enter(): Promise<void> {
    if (this.#membership !== undefined) return;
    this.#side ??= openSideConnections(this.#options.url, 1);
    const asked = this.#side.query<{ made: boolean }>(TABLES, []);
    const [tables] = await asked.catch((cause: unknown) => {
      throw unreachable(cause);
    });
    if (tables?.made !== true) return;
    try {
      await this.#take(this.#side);
    } catch (error) {
      throw databaseFault(error);
    }
    this.#isEntered = true;
  }

  /** Lets the next hub start at once. */
  async leave(): Promise<void> {
    this.#isEntered = false;
    const [membership, side] = [this.#membership, this.#side];
    this.#membership = this.#side = undefined;
    await membership?.leave().catch(this.#options.onFault);
    await side?.close();
  }

  #renewed(isHolder: boolean): void {
    this.#isHolder = isHolder;
    if (isHolder || !this.#isEntered) return;
    this.#isEntered = false;
    this.#options.onLost();
  }

  async #take(side: SideConnections): Promise<void> {
    const { level, onFault, leaseMs = LEASE_MS } = this.#options;
    const membership = await Membership.enter(side, {
      leaseMs,
      level,
      leases: ['only'],
      onFault,
      onRenewed: (terms) => this.#renewed(terms.has('only')),
    });
    this.#membership = membership;
    for (; !this.#isHolder; await membership.renew()) {
      await noOnlyHub(side, membership.id);
      await pause(systemClock(), LOOK_AGAIN_MS);
    }
    const [sharing] = await side.query<Holder>(SHARING, []);
    if (sharing !== undefined) throw alreadyRuns(sharing);
    // Hubs that were killed left their rows.
    await side.query(OTHERS, [membership.id]);
  }
}

/**
 * Waits until the lease of a hub that was killed has lapsed.
 * @param me the hub that asks
 * @throws HubError `unavailable` where that hub shows that it lives
 */
export async function noOnlyHub(side: SideConnections, me: string): Promise<void> {
  for (let seen: number | undefined; ; await pause(systemClock(), LOOK_AGAIN_MS)) {
    const [holder] = await side.query<Holder>(HOLDER, [me]);
    if (holder === undefined) return;
    if (seen !== undefined && holder.until > seen) throw alreadyRuns(holder);
    seen = holder.until;
  }
}

function alreadyRuns({ name, version, since }: Holder): HubError {
  const at = since === null ? '' : `, since ${new Date(since).toISOString()}`;
  const who = name === null ? '' : ` (version ${version} on ${name}${at})`;
  return new HubError('unavailable', `A hub already runs on this PostgreSQL database${who}: stop it first.`);
}
