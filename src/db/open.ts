import type { Kysely } from 'kysely';
import { HubError } from '../errors.ts';
import type { EventSink } from '../events.ts';
import { Checkpointer } from './checkpointer.ts';
import type { Connection } from './connection.ts';
import { type DialectName, kyselyOver } from './dialect.ts';
import { DatabaseFault, databaseFault } from './fault.ts';
import { becomeOnlyHub } from './hub-lock.ts';
import { inTurn } from './in-turn.ts';
import { openPostgresReader } from './postgres/reader.ts';
import { openPostgresWriter } from './postgres/writer.ts';
import { checkAfterCrash } from './quick-check.ts';
import type { Schema } from './schema.ts';
import { openSqliteReader, openSqliteWriter } from './sqlite.ts';
import { compiler, type Statement } from './statement.ts';
import { type BesidePorts, canSyncBeside, syncBeside } from './sync/beside.ts';
import { type DatabaseObserver, groupCommit, type Transact } from './transact.ts';
import { shrinking } from './vacuum.ts';
import type { WatchedFile } from './watched-file.ts';

export { BULK, type DatabaseObserver, HOUSEKEEPING, type Transact, type TransactOptions } from './transact.ts';
export type { Tx } from './tx.ts';

/** The hub's database: one connection that writes, others that read what is committed. */
export interface Database {
  readonly dialect: DialectName;
  /**
   * Reads outside transactions, for queries that run now and then. A fault of the database itself is a `DatabaseFault`
   * here, in `query` and in `transact`.
   */
  readonly read: Kysely<Schema>;
  /** Reads outside transactions, with a prepared statement. */
  query<P extends object, R>(statement: Statement<P, R>, parameters: P): Promise<R[]>;
  readonly transact: Transact;
  /** The connection that writes, for migrations, before anything else uses it. */
  readonly writer: Kysely<Schema>;
  /** The file behind it; undefined if the database is a server. */
  readonly file: WatchedFile | undefined;
  /** Housekeeping, once a second; calls must not overlap. */
  tidy(): Promise<void>;
  /**
   * Leaves nothing in SQLite's log, which still holds pages as they were before something was erased. PostgreSQL forgets
   * by itself (autovacuum).
   * @returns false: another process reads the database; try again
   */
  forget(): Promise<boolean>;
  /** Finishes what is queued, writes the log back into the file, and closes. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  DATABASE_URL: string;
  DATABASE_DURABILITY: 'full' | 'normal';
}

/** How a hub's log is synced, and what a failed sync does. */
export type HubDisk = Pick<BesidePorts, 'onSyncFailed' | 'sync'>;

/** Who follows what the database does. */
export interface DatabasePorts {
  observer?: DatabaseObserver | undefined;
  /** Where a commit says what happened; absent: there are no listeners, as on the command line. */
  events?: EventSink | undefined;
  /**
   * The hub itself, of which a SQLite file has one at a time; commands run beside it. Absent: this is a command, whose
   * commits are synced before the next statement.
   */
  hub?: HubDisk | undefined;
}

const NO_LISTENERS: EventSink = { emit() {}, changed() {} };

/**
 * Opens `sqlite:<path>` or `postgres://…`.
 * @throws HubError `unavailable` with a sentence if the file can't be opened, or can't be kept as safe as asked for
 */
export function openDatabase(options: DatabaseOptions, ports: DatabasePorts = {}): Database {
  const url = options.DATABASE_URL;
  if (!url.startsWith('sqlite:')) {
    const openWriter = () => openPostgresWriter(url);
    return assemble('postgres', openWriter(), openPostgresReader(url), ports, { chores: openWriter() });
  }
  const path = url.slice('sqlite:'.length);
  let release = () => {};
  try {
    if (ports.hub !== undefined) {
      release = becomeOnlyHub(path);
      checkAfterCrash(path);
    }
    const hub = options.DATABASE_DURABILITY === 'full' && canSyncBeside() ? ports.hub : undefined;
    const writer = openSqliteWriter({ path, durability: hub === undefined ? options.DATABASE_DURABILITY : 'normal' });
    const openReader = () => openSqliteReader(path);
    const beside = hub && syncBeside({ ...hub, writer, openReader });
    const checkpointer = new Checkpointer(writer.file, beside?.withoutSnapshots);
    const checkpoints = inTurn();
    const shrink = writer.pages && shrinking(writer.pages, () => performance.now());
    return assemble('sqlite', beside?.writer ?? writer, beside?.reader ?? openReader(), ports, {
      file: writer.file,
      // What fails here is said by the next regular checkpoint, or by the write itself.
      room: () => (checkpointer.isBehind() ? checkpoints('', () => checkpointer.run().catch(() => {})) : undefined),
      tidy: () =>
        checkpoints('', async () => {
          await checkpointer.run();
          shrink?.();
        }),
      forget: () => checkpoints('', () => checkpointer.empty()),
      close: () => checkpointer.close(),
      closed: release,
    });
  } catch (cause) {
    release();
    throw cause instanceof HubError ? cause : cantOpen(path, cause);
  }
}

/** Says what to mend; a right that is missing is no remedy for a damaged file or a full disk. */
function cantOpen(path: string, cause: unknown): HubError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const fault = databaseFault(cause);
  const sentence = `The database ${path} can't be opened (${reason}): ${remedyOf(fault)}.`;
  return new HubError('unavailable', sentence, { cause });
}

function remedyOf(fault: unknown): string {
  switch (fault instanceof DatabaseFault ? fault.kind : undefined) {
    case 'damaged':
      return 'it is damaged, or no database. Keep the file, and restore the last good copy (npx valletpv-hub restore <copy>)';
    case 'disk_full':
      return 'its disk is full. Make room';
    case 'locked':
      return 'another program holds it. Stop that program';
    default:
      return 'check DATABASE_URL, and that this user may write there';
  }
}

/** What differs between the two databases. */
interface Assembled extends Partial<Pick<Database, 'tidy' | 'forget' | 'close' | 'file'>> {
  closed?(): void;
  /** Where housekeeping writes beside what comes in; absent: there too. */
  chores?: Connection;
  /** Where work on many rows has to wait for the log: resolves when it need not any more. */
  room?(): Promise<void> | undefined;
}

function assemble(
  dialect: DialectName,
  writer: Connection,
  readingConnection: Connection,
  { observer, events = NO_LISTENERS }: DatabasePorts,
  { file, chores, room, ...housekeeping }: Assembled,
): Database {
  const reader = sayingFaults(readingConnection, observer);
  const read = kyselyOver(reader, dialect);
  const kysely = kyselyOver(writer, dialect);
  const compile = compiler(kysely);
  const shared = { compile, events, observer };
  const main = groupCommit({ ...shared, writer, kysely });
  const aside = chores && groupCommit({ ...shared, writer: chores, kysely: kyselyOver(chores, dialect) });
  return {
    dialect,
    read,
    transact: (fn, options) => {
      const isHousekeeping = options?.lane === 'housekeeping';
      const { transact } = (isHousekeeping && aside) || main;
      const waits = isHousekeeping || options?.bulk ? room?.() : undefined;
      return waits === undefined ? transact(fn, options) : waits.then(() => transact(fn, options));
    },
    writer: kysely,
    file,
    async query<P extends object, R>(statement: Statement<P, R>, parameters: P): Promise<R[]> {
      const compiled = compile(statement);
      const { rows } = await reader.execute(compiled.sql, compiled.bind(parameters as Record<string, unknown>));
      return rows as R[];
    },
    tidy: async () => housekeeping.tidy?.(),
    forget: async () => (await housekeeping.forget?.()) ?? true,
    async close() {
      await Promise.all([main.idle(), aside?.idle()]);
      await housekeeping.close?.();
      await reader.close();
      await Promise.all([writer.close(), chores?.close()]);
      housekeeping.closed?.();
    },
  };
}

/** A reader whose faults of the database are `DatabaseFault`, and counted. */
function sayingFaults(reader: Connection, observer: DatabaseObserver | undefined): Connection {
  return {
    ...reader,
    async execute(text, parameters) {
      try {
        return await reader.execute(text, parameters);
      } catch (error) {
        const fault = databaseFault(error);
        if (fault instanceof DatabaseFault) observer?.notRead(fault);
        throw fault;
      }
    },
  };
}
