import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { TpvSocket } from '../bench/tpv-socket.ts';
import type { HubUnderLoad } from '../support/hub-under-load.ts';
import { preloadedLibrary } from '../support/preloaded.ts';
import { type Fate, filesOf, imageAfterCut, writeImage } from './disk-image.ts';
import { madeUpHub, SECRET } from './made-up-hub.ts';
import { program } from './program.ts';
import { register } from './register.ts';
import { TelegramSide } from './telegram-side.ts';

export interface PowerLostOptions {
  cuts: number;
  perSecond: number;
  tpvs: number;
  users: number;
  /** With `normal` it has to find losses, or it finds nothing. */
  durability: 'full' | 'normal';
}

export interface PowerLostResult {
  cuts: number;
  /** Updates that got 200, and reports that got their `result`. */
  accepted: number;
  confirmed: number;
  /** Of those, what the disk did not have after a cut. */
  lostUpdates: number;
  lostReports: number;
  doubledRows: number;
  /** Databases that were damaged. */
  damaged: number;
  /** Writes that were not synced when the power went, by what became of them. */
  unsynced: Record<Fate, number>;
}

const LEAST_LIFE_MS = 300;
/** A hub under load that writes nothing for this long is not only slow. */
const WRITES_WITHIN_MS = 120_000;
/** Until a process that was told to stop has stopped, and between looks at a disk that has everything. */
const LOOK_MS = 5;
/** What the hub told before it was killed has arrived here by then. */
const ARRIVED_MS = 50;

/**
 * Cuts the power under a hub again and again while updates come in and TPVs report. The hub is killed, the files of its
 * database become what the disk has of them, and the next hub starts on those. Whatever was confirmed has to be there.
 * Every cut hits something: there are writes that were not synced, and the first cut drops them all.
 * @throws Error with a sentence if there is no C compiler, or if the hub writes nothing
 */
export async function powerLost(options: PowerLostOptions): Promise<PowerLostResult> {
  const dir = mkdtempSync(join(tmpdir(), 'power-lost-'));
  const database = join(dir, 'data', 'hub.db');
  const record = join(dir, 'record');
  mkdirSync(join(dir, 'data'));
  const library = preloadedLibrary('preloaded-disk', dir);
  const hub = await madeUpHub({
    LD_PRELOAD: library,
    // A fast disk would have everything at the moment of the cut.
    DISK_MS: '20',
    DISK_RECORD: record,
    DISK_RECORD_OF: database,
    DATABASE_URL: `sqlite:${database}`,
    DATABASE_DURABILITY: options.durability,
  });
  const telegram = new TelegramSide({
    url: hub.url.origin,
    secret: SECRET,
    perSecond: options.perSecond,
    users: options.users,
  });
  const confirmed = new Set<number>();
  const unsynced = { kept: 0, dropped: 0, torn: 0 };
  const lost = { updates: new Set<number>(), reports: new Set<number>() };
  let [damaged, doubledRows] = [0, 0];
  const ports = { instruction: () => {}, reported: (messageId: number) => void confirmed.add(messageId) };
  let keys: string[] = [];
  try {
    for (let cut = 0; cut < options.cuts; cut++) {
      const before = filesOf(database);
      rmSync(record, { force: true });
      await hub.start();
      if (cut === 0) {
        keys = await Promise.all(Array.from({ length: options.tpvs }, (_, i) => register(hub.url.origin, `TPV ${i}`)));
        telegram.start();
      }
      const sockets = await Promise.all(keys.map((key) => TpvSocket.open(hub.url, key, ports)));
      await pause(LEAST_LIFE_MS * (1 + 2 * Math.random()));
      await untilCutHits({ hub, telegram }, () => {
        return imageAfterCut(readFileSync(record), before, () => 'kept').fates.kept > 0;
      });
      await hub.end('SIGKILL');
      await pause(ARRIVED_MS);
      for (const socket of sockets) socket.close();
      const told = { updates: telegram.accepted(), reports: [...confirmed] };
      const image = imageAfterCut(readFileSync(record), before, fatesOf(cut));
      for (const fate of ['kept', 'dropped', 'torn'] as const) unsynced[fate] += image.fates[fate];
      writeImage(database, image);
      const found = examine(database);
      if (found.integrity !== 'ok') damaged++;
      doubledRows += found.doubledRows;
      for (const id of told.updates) if (!found.updates.has(id)) lost.updates.add(id);
      for (const id of told.reports) if (!found.completed.has(id)) lost.reports.add(id);
    }
    return {
      cuts: options.cuts,
      accepted: telegram.accepted().length,
      confirmed: confirmed.size,
      lostUpdates: lost.updates.size,
      lostReports: lost.reports.size,
      doubledRows,
      damaged,
      unsynced,
    };
  } finally {
    telegram.end();
    await hub.end('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Whether nothing that was confirmed was lost. */
export function powerHeld({ lostUpdates, lostReports, doubledRows, damaged }: PowerLostResult): boolean {
  return lostUpdates + lostReports + doubledRows + damaged === 0;
}

/**
 * Stops the hub right after an update got its 200, at a moment when a power cut takes something. A random moment of a hub
 * that got little of the processor may be one at which the disk has all of it.
 */
async function untilCutHits(
  { hub, telegram }: { hub: HubUnderLoad; telegram: TelegramSide },
  hits: () => boolean,
): Promise<void> {
  for (const deadline = performance.now() + WRITES_WITHIN_MS; performance.now() < deadline; ) {
    await telegram.acceptsMore();
    hub.signal('SIGSTOP');
    const lookedAt = performance.now();
    await pause(LOOK_MS);
    if (hits()) return;
    hub.signal('SIGCONT');
    // It goes on for as long as it was looked at, more or less: a machine that looks slowly would let it do nothing.
    await pause((performance.now() - lookedAt) * 2 * Math.random());
  }
  throw new Error(`The hub wrote nothing for ${WRITES_WITHIN_MS / 1_000} s.`);
}

/** One cut drops all that was not synced, the next one keeps and tears some of it. */
function fatesOf(cut: number): () => Fate {
  if (cut % 2 === 0) return () => 'dropped';
  return () => (['kept', 'dropped', 'torn'] as const)[Math.floor(Math.random() * 3)] ?? 'dropped';
}

function examine(file: string) {
  const db = new SqliteDatabase(file);
  try {
    // Not even its tables may be there.
    const isMade = db.prepare("select 1 from sqlite_schema where name = 'instructions'").get() !== undefined;
    const ids = (text: string) => new Set(isMade ? db.prepare(text).pluck().all().map(Number) : []);
    return {
      integrity: String(db.pragma('integrity_check', { simple: true })),
      updates: ids('select update_id from instructions'),
      completed: ids("select update_id from instructions where status = 'completed'"),
      doubledRows: ids('select 1 from instructions group by update_id having count(*) > 1').size,
    };
  } finally {
    db.close();
  }
}

export const powerLossProgram = program({
  name: 'power-loss',
  options: { cuts: 200, rate: 300 },
  needs: 'a C compiler',
  says: ({ cuts, rate }) => `Cutting the power under the hub ${cuts} times under ${rate} updates/s`,
  run: ({ cuts, rate }) => powerLost({ cuts, perSecond: rate, tpvs: 4, users: 200, durability: 'full' }),
  held: powerHeld,
  sums: ({ cuts, accepted, confirmed }) =>
    `${cuts} cuts, ${accepted} updates and ${confirmed} reports confirmed, 0 lost`,
});
