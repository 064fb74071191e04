import { constants, setPriority } from 'node:os';
import { readDatabaseConfig } from '../config/config.ts';
import { backupDatabase } from '../operations/backup/backup.ts';
import { dumpPostgres } from '../operations/backup/postgres-copy.ts';
import { megabytes } from '../operations/backup/space.ts';
import { UsageError } from '../process/exit.ts';
import { backupList } from './backup-list.ts';
import type { Input, Result } from './command.ts';
import { languageNow, say, word } from './language/say.ts';
import { progressOn } from './progress.ts';

/**
 * `backup <file>`: copies the database while the hub serves. `backup list`: what the hub copied by itself.
 * @throws UsageError, ConfigError, HubError
 */
export async function backupCommand({ env, words: [file, ...more], options }: Input): Promise<Result> {
  const force = options.force === true;
  if (file === undefined || more.length > 0)
    throw new UsageError(say`"backup" takes one file, which it makes, or "list".`);
  const { DATABASE_URL: url, BACKUP_DIR: dir, TIME_ZONE: timeZone } = readDatabaseConfig(env);
  if (file === 'list') return backupList(dir, timeZone);
  letOthersGoFirst();
  const startedAt = performance.now();
  const progress = progressOn(process.stderr, word('copied'));
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  const source = path ?? 'PostgreSQL';
  const how = { target: file, force, onProgress: progress.show };
  const made = path === undefined ? dumpPostgres({ ...how, url }) : backupDatabase({ ...how, source: path });
  const { migrations, bytes } = await made.finally(progress.end);
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  return {
    data: { file, bytes, seconds, migrations },
    text: say`Copied ${source} to ${file} (${megabytes(bytes, languageNow())}, ${seconds} s), and read the copy through: it is whole.`,
  };
}

/**
 * Copying, and reading the copy through, can wait for the hub. Under systemd's filter of system calls this is refused
 * (EPERM); the copy is made all the same.
 */
function letOthersGoFirst(): void {
  try {
    setPriority(constants.priority.PRIORITY_LOW);
  } catch {
    // It rests half of the time anyway.
  }
}
