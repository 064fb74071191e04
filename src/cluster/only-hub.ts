import { pause, systemClock } from '../clock.ts';
import { DatabaseFault } from '../db/fault.ts';
import { unreachable } from '../db/postgres/session.ts';
import { openSideConnections, type SideConnections } from '../db/postgres/side.ts';
import { HubError } from '../errors.ts';
import { Membership } from './membership.ts';

export interface OnlyHubOptions {
  /** `postgres://…` */
  url: string;
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
  where attrelid = to_regclass('hubs') and attname = 'bot' and not attisdropped) as made`;
const HOLDER = `select leases.until, hubs.name, hubs.version, hubs.started_at as since
  from leases left join hubs on hubs.id = leases.hub_id where leases.name = 'only' and leases.hub_id != $1`;
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
   * @throws HubError `unavailable` with a sentence that names the other hub
   */
  async enter(): Promise<void> {
    if (this.#membership !== undefined) return;
    const { url, onFault, leaseMs = LEASE_MS } = this.#options;
    this.#side ??= openSideConnections(url, 1);
    const asked = this.#side.query<{ made: boolean }>(TABLES, []);
    const [tables] = await asked.catch((cause: unknown) => {
      throw cause instanceof DatabaseFault ? cause : unreachable(cause);
    });
    if (tables?.made !== true) return;
    const membership = await Membership.enter(this.#side, {
      leaseMs,
      leases: ['only'],
      onFault,
      onRenewed: (terms) => this.#renewed(terms.has('only')),
    });
    this.#membership = membership;
    await this.#taken(this.#side, membership);
    // Hubs that were killed left their rows.
    await this.#side.query(OTHERS, [membership.id]);
    this.#isEntered = true;
  }

  /** Lets the next hub start at once. */
  async leave(): Promise<void> {
    this.#isEntered = false;
    try {
      await this.#membership?.resign();
      await this.#membership?.leave();
    } catch (error) {
      this.#options.onFault(error);
    }
    await this.#side?.close();
  }

  #renewed(isHolder: boolean): void {
    this.#isHolder = isHolder;
    if (isHolder || !this.#isEntered) return;
    this.#isEntered = false;
    this.#options.onLost();
  }

  /** Waits until the lease is there, or its holder shows that it lives. */
  async #taken(side: SideConnections, membership: Membership): Promise<void> {
    let seen: number | undefined;
    for (; !this.#isHolder; await membership.renew()) {
      const [holder] = await side.query<Holder>(HOLDER, [membership.id]);
      if (holder !== undefined && seen !== undefined && holder.until > seen) throw alreadyRuns(holder);
      seen = holder?.until;
      await pause(systemClock(), LOOK_AGAIN_MS);
    }
  }
}

function alreadyRuns({ name, version, since }: Holder): HubError {
  const at = since === null ? '' : `, since ${new Date(since).toISOString()}`;
  const who = name === null ? '' : ` (version ${version} on ${name}${at})`;
  return new HubError('unavailable', `A hub already runs on this PostgreSQL database${who}: stop it first.`);
}
