import { extname, join, resolve } from 'node:path';
import { copyByChild } from '../operations/backup/copy-by-child.ts';
import { type BackupState, NightlyBackup } from '../operations/backup/nightly-backup.ts';
import { sizeOfPostgres } from '../operations/backup/postgres-copy.ts';
import { type RoomOf, requireShare, sizeOfSqlite } from '../operations/backup/space.ts';
import type { Ground } from './ground.ts';

export interface Backups {
  /** Undefined if no copies are made by themselves. */
  state(): BackupState | undefined;
  /** Ends a copy that is being made, too. */
  stop(): Promise<void>;
}

/** The command line, as sources or compiled, as this file is. */
const CLI = join(import.meta.dirname, `../cli/main${extname(import.meta.filename)}`);

/**
 * Begins to make a copy of the database each night, if BACKUP_DIR says where.
 * @param ends gets its end
 * @param room of the folder's disk; as the system says where it is absent
 */
export function startBackups(
  { cluster, config, clock, log, lostFile }: Pick<Ground, 'cluster' | 'config' | 'clock' | 'log' | 'lostFile'>,
  ends: AsyncDisposableStack,
  room?: RoomOf,
): Backups {
  const { BACKUP_DIR: folder, BACKUP_AT: at, TIME_ZONE: zone, DATABASE_URL: url } = config;
  if (folder === undefined) return { state: () => undefined, async stop() {} };
  const file = url.startsWith('sqlite:') ? resolve(url.slice('sqlite:'.length)) : undefined;
  const database = file === undefined ? url : `sqlite:${file}`;
  const size = () => (file === undefined ? sizeOfPostgres(url) : sizeOfSqlite(file));
  const backup = new NightlyBackup({
    clock,
    log,
    folder: resolve(folder),
    kind: file === undefined ? 'dump' : 'db',
    nightly: { at, zone },
    // Of hubs that share a database, one copies it.
    isCopyable: () => lostFile() === undefined && cluster.term('chores') !== undefined,
    requireRoom: (into) => size().then((bytes) => requireShare(into, bytes, room)),
    copy: (target, signal) => copyByChild(CLI, database, target, signal),
  });
  ends.defer(() => backup.stop());
  return { state: () => backup.state(), stop: () => backup.stop() };
}
