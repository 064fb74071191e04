import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Clock, pause } from '../clock.ts';
import { type Cluster, SOLO } from '../cluster/cluster.ts';
import { DatabaseFault } from '../db/fault.ts';
import type { Database } from '../db/open.ts';
import { schemaMin } from '../db/schema-level.ts';
import { statement } from '../db/statement.ts';
import { storeValue } from '../db/stored-value.ts';
import type { Logger } from '../log/log.ts';
import type { DatabaseWatch, Trouble } from './database-watch.ts';

/** What keeps the hub from working, each with the sentence that its operator reads. */
export const PROBLEMS = {
  draining: 'El hub se está cerrando: espera a que vuelva a arrancar.',
  disk_full: 'El disco de la base de datos está lleno: libera espacio; el hub seguirá solo en cuanto lo haya.',
  database_read_only: 'La base de datos no admite escrituras: comprueba sus permisos y si el servidor es una réplica.',
  database_locked:
    'La base de datos lleva segundos bloqueada por otro programa: ciérralo; el hub seguirá solo en cuanto la suelte.',
  database_damaged:
    'La base de datos está dañada: haz una copia del fichero, ejecuta «valletpv-hub doctor» y restaura la última copia buena.',
  database_lost:
    'El fichero de la base de datos se ha borrado o sustituido: no pares el hub hasta que guarde una copia; el panel dice dónde.',
  database_unavailable: 'La base de datos no responde: comprueba DATABASE_URL y su servidor o su disco.',
  hub_apart:
    'Este hub no consigue decir a los demás que sigue vivo: comprueba la red hasta PostgreSQL; seguirá solo en cuanto pueda.',
  schema_newer: 'Una versión más nueva del hub cambió la base de datos: actualiza este hub y arráncalo de nuevo.',
  schema_outdated: 'A la base de datos le faltan migraciones: arranca el hub de nuevo o ejecuta «npm run migrate».',
  event_loop_stalled: 'El hub ha estado parado más de 5 segundos seguidos: mira si la máquina está sobrecargada.',
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

export interface Problem {
  code: ProblemCode;
  message: string;
}

export interface HealthPorts {
  db: Database;
  clock: Clock;
  draining(): boolean;
  /** Where several hubs share the database: whether the others count on this one. */
  cluster?: Pick<Cluster, 'isShared' | 'isAlive'> | undefined;
  /** Of this program (db/schema-level.ts). */
  level?: number | undefined;
  log: Logger;
}

export interface Health {
  /** Why the hub can't work now; cheap enough for several callers each second. */
  problems(): Promise<readonly Problem[]>;
  stop(): void;
}

/** One look serves all who ask within this time. */
const LOOK_AGAIN_MS = 900;
/** A database that takes longer counts as unavailable. */
const PATIENCE_MS = 3_000;
/** A turn of the event loop that takes longer holds every request up; Telegram gives up soon after. */
const STALL_MS = 5_000;
/** A stall is reported for this long, twice that at most. */
const STALL_WINDOW_MS = 10_000;

const applied = statement<object>()((db) =>
  db.withTables<{ kysely_migration: { name: string } }>().selectFrom('kysely_migration').select('name'),
);

/** What a fault of the database means for its operator. */
const PROBLEM_OF: Readonly<Record<Trouble['kind'], ProblemCode>> = {
  disk_full: 'disk_full',
  read_only: 'database_read_only',
  locked: 'database_locked',
  damaged: 'database_damaged',
  lost: 'database_lost',
  unreachable: 'database_unavailable',
  refused: 'database_unavailable',
};

/** A row that is only written, to see whether writing works. */
const MARK = 'last_write_test';

/** Begins to look after the hub; the database is migrated by now, so that its migrations are those of this program. */
export async function startHealth(ports: HealthPorts, watch: DatabaseWatch): Promise<Health> {
  const { db, clock, draining, cluster = SOLO, level = 0, log } = ports;
  const known = await appliedNames(db);
  const stalls = watchStalls(clock);
  let looked: Look = { codes: [] };
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;

  const look = async () => {
    const ended = new AbortController();
    const late = pause(clock, PATIENCE_MS, ended.signal).then((): Look => ({ codes: ['database_unavailable'] }));
    const now = await Promise.race([
      late,
      lookAtDatabase(db, watch, { known, level: cluster.isShared ? level : undefined }),
    ]);
    ended.abort();
    // Once, and not at each look: an outage may last all night.
    if (String(now.codes) !== String(looked.codes)) {
      log.warn({ problems: now.codes, err: now.fault }, now.codes.length === 0 ? 'ready again' : 'not ready');
    }
    looked = now;
    lookedAt = performance.now();
  };

  return {
    async problems() {
      // Whatever else is wrong, another process will take over soon.
      if (draining()) return [problem('draining')];
      // It had no word of the database for too long, and the others may have taken it for dead.
      if (!cluster.isAlive())
        return [problem(watch.trouble === undefined ? 'hub_apart' : PROBLEM_OF[watch.trouble.kind])];
      if (performance.now() - lookedAt >= LOOK_AGAIN_MS) {
        looking ??= look().finally(() => {
          looking = undefined;
        });
        await looking;
      }
      const codes: readonly ProblemCode[] = stalls.stalled() ? [...looked.codes, 'event_loop_stalled'] : looked.codes;
      return codes.map(problem);
    },
    stop: stalls.stop,
  };
}

interface Look {
  codes: readonly ProblemCode[];
  fault?: unknown;
}

function problem(code: ProblemCode): Problem {
  return { code, message: PROBLEMS[code] };
}

/** What this program knows of the schema. */
interface KnownSchema {
  /** The migrations that the database had at the start. */
  known: ReadonlySet<string>;
  /** Undefined where no newer hub may have migrated it. */
  level: number | undefined;
}

async function lookAtDatabase(db: Database, watch: DatabaseWatch, { known, level }: KnownSchema): Promise<Look> {
  if (db.file?.loss() !== undefined) return { codes: ['database_lost'] };
  // What failed a moment ago need not be tried again: that may hang, and others would wait behind it.
  if (watch.trouble !== undefined) return { codes: [PROBLEM_OF[watch.trouble.kind]], fault: watch.trouble.fault };
  try {
    const names = await appliedNames(db);
    const isNewer = !names.isSubsetOf(known) && (level === undefined || (await schemaMin(db)) > level);
    if (isNewer) return { codes: ['schema_newer'] };
    if (!known.isSubsetOf(names)) return { codes: ['schema_outdated'] };
    if (watch.wroteLately) return { codes: [] };
    await db.transact((tx) => tx.run(storeValue, { key: MARK, value: randomUUID() }));
    return { codes: [] };
  } catch (fault) {
    const isKnown = fault instanceof DatabaseFault && fault.kind !== 'conflict';
    return { codes: [isKnown ? PROBLEM_OF[fault.kind] : 'database_unavailable'], fault };
  }
}

async function appliedNames(db: Database): Promise<Set<string>> {
  return new Set((await db.query(applied, {})).map(({ name }) => name));
}

/** Looks for turns of the event loop that took long, in two windows, so that none is forgotten at once. */
function watchStalls(clock: Clock): { stalled(): boolean; stop(): void } {
  const delays = monitorEventLoopDelay({ resolution: 100 });
  delays.enable();
  let before = 0;
  const cancel = clock.every(STALL_WINDOW_MS, () => {
    before = delays.max;
    delays.reset();
  });
  return {
    stalled: () => Math.max(before, delays.max) / 1e6 >= STALL_MS,
    stop() {
      cancel();
      delays.disable();
    },
  };
}
