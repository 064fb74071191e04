import { readDatabaseConfig } from '../config/config.ts';
import { HubError } from '../errors.ts';
import { moveToPostgres } from '../operations/move/move.ts';
import { carryNotes, erasureNotesFile, requireOwnNotes } from '../rights/erasure-notes.ts';
import type { Input, Result } from './command.ts';
import { languageNow, say, word } from './language/say.ts';
import { postgresAddress } from './postgres-address.ts';
import { progressOn } from './progress.ts';

/**
 * `migrate --to`: copies everything from SQLite to PostgreSQL, and the notes of erasures to where a hub on it has them.
 * @param to the address, or `-` to read it from standard input
 * @throws UsageError, ConfigError, HubError, Error with a sentence
 */
export async function moveCommand(env: Input['env'], to: string): Promise<Result> {
  const { DATABASE_URL: url } = readDatabaseConfig(env);
  if (!url.startsWith('sqlite:')) {
    throw new HubError('invalid_request', say`DATABASE_URL is PostgreSQL already; "migrate --to" moves from SQLite.`);
  }
  const target = await postgresAddress(to, '--to');
  const notedHere = erasureNotesFile({ DATABASE_URL: url });
  const notedThere = erasureNotesFile({ DATABASE_URL: target });
  const noted = await requireOwnNotes(notedHere, notedThere);
  const progress = progressOn(process.stderr, word('moved'));
  const source = url.slice('sqlite:'.length);
  const { tables, already } = await moveToPostgres({
    source,
    target,
    onProgress: progress.show,
    beforeCommit: () => carryNotes(notedHere, notedThere),
  }).finally(progress.end);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const lines = [
    ...tables.map((one) => `${one.rows.toLocaleString(languageNow()).padStart(12)}  ${one.table}`),
    ...tables.flatMap(({ table, changed }) =>
      changed === 0
        ? []
        : [say`${changed} texts of ${table} had a NUL, which PostgreSQL can't hold; it became U+FFFD.`],
    ),
    already
      ? say`PostgreSQL held all of this already (${rows.toLocaleString(languageNow())} rows): nothing was changed.`
      : say`Moved ${rows.toLocaleString(languageNow())} rows, and compared both sides. Set DATABASE_URL to the new address; ${source} stays as it is.`,
  ];
  if (noted !== undefined) {
    lines.push(
      say`What was noted of erasures is in ${notedThere} too: keep that file, in the data folder of the hub that uses PostgreSQL.`,
    );
  }
  const erasures = noted === undefined ? null : { file: notedThere, notes: noted.notes.length };
  return { data: { already, rows, tables, erasures }, text: lines.join('\n') };
}
