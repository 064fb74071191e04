import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { systemClock } from '../clock.ts';
import { readDatabaseConfig } from '../config/config.ts';
import { HubError } from '../errors.ts';
import { madeAtOf } from '../operations/backup/copies.ts';
import { restorePostgres } from '../operations/backup/postgres-restore.ts';
import { restoreDatabase } from '../operations/backup/restore.ts';
import { megabytes } from '../operations/backup/space.ts';
import { UsageError } from '../process/exit.ts';
import { erasureNotesFile } from '../rights/erasure-notes.ts';
import type { Input, Result } from './command.ts';
import { languageNow, say, word } from './language/say.ts';
import { progressOn } from './progress.ts';

/**
 * `restore <file>`: puts a copy in the database's place, while no hub runs on it.
 * @throws UsageError, ConfigError, HubError
 */
export async function restoreCommand({ env, words: [given, ...more] }: Input): Promise<Result> {
  if (given === undefined || more.length > 0) throw new UsageError(say`"restore" takes one file, which "backup" made.`);
  const { DATABASE_URL: url, BACKUP_DIR: dir } = readDatabaseConfig(env);
  const file = fileOf(given, dir);
  const erasedAgain = existsSync(erasureNotesFile({ DATABASE_URL: url }))
    ? [say`People who were erased since the copy was made are erased again at the next start.`]
    : [];
  if (!url.startsWith('sqlite:')) return intoPostgres(url, file, erasedAgain);
  const target = url.slice('sqlite:'.length);
  const progress = progressOn(process.stderr, word('copied'));
  const { bytes, before, beforeFault, waiting } = await restoreDatabase({
    source: file,
    target,
    now: systemClock().now(),
    onProgress: progress.show,
  }).finally(progress.end);
  const lines = [say`${target} is what ${file} holds (${megabytes(bytes, languageNow())}).`];
  if (before !== undefined) {
    lines.push(say`What was there is kept as ${before}; this goes back: npx valletpv-hub restore ${before}`);
  }
  if (beforeFault !== undefined) lines.push(say`It could not be read (${beforeFault}), and was kept as it is.`);
  lines.push(...olderThanProgram(waiting), ...erasedAgain);
  return { data: { file, target, bytes, before: before ?? null, waiting }, text: lines.join('\n') };
}

async function intoPostgres(url: string, file: string, erasedAgain: readonly string[]): Promise<Result> {
  const { bytes, before, waiting } = await restorePostgres(url, file, systemClock().now());
  const lines = [say`${'PostgreSQL'} is what ${file} holds (${megabytes(bytes, languageNow())}).`];
  if (before !== undefined) {
    lines.push(
      say`What was there is kept as the schema ${before}: drop it (drop schema … cascade) once it is not needed.`,
    );
  }
  lines.push(...olderThanProgram(waiting), ...erasedAgain);
  return { data: { file, target: 'postgres', bytes, before: before ?? null, waiting }, text: lines.join('\n') };
}

function olderThanProgram(waiting: readonly string[]): string[] {
  if (waiting.length === 0) return [];
  return [say`The copy is older than this program: the next start applies ${waiting.join(', ')}.`];
}

/**
 * What the word names: a path, or a copy in BACKUP_DIR by its name alone.
 * @throws UsageError, HubError
 */
function fileOf(word: string, dir: string | undefined): string {
  if (dir === undefined || basename(word) !== word) return word;
  const copy = join(dir, word);
  if (!existsSync(copy)) {
    if (existsSync(word) || madeAtOf(word) === undefined) return word;
    throw new HubError(
      'invalid_request',
      say`There is no ${word} in ${dir}: "npx valletpv-hub backup list" shows what is.`,
    );
  }
  if (existsSync(word) && resolve(word) !== resolve(copy)) {
    throw new UsageError(say`${word} is there and in ${dir}: say which one, as ./${word} or ${copy}.`);
  }
  return copy;
}
