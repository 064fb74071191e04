import { existsSync } from 'node:fs';
import { systemClock } from '../clock.ts';
import { readDatabaseConfig } from '../config/config.ts';
import { HubError } from '../errors.ts';
import { importDjango } from '../operations/import/django.ts';
import { ANY_EMPRESA } from '../operations/import/imported-buttons.ts';
import { KINDS, type Kind, type Tally } from '../operations/import/tally.ts';
import { UsageError } from '../process/exit.ts';
import { erasureNotesFile } from '../rights/erasure-notes.ts';
import { callableUrl } from '../tpvs/endpoint.ts';
import type { Input, Result } from './command.ts';
import { withDatabase } from './database.ts';
import { findTpv } from './find-tpv.ts';
import { languageNow, say, told, word } from './language/say.ts';
import type { Word } from './language/spanish-words.ts';
import { postgresAddress } from './postgres-address.ts';

const NAMES = {
  tpvs: 'TPVs',
  people: 'people',
  instructions: 'open instructions',
  messages: 'messages of the last days',
  buttons: 'buttons that still work',
  origins: 'allowed origins',
} satisfies Record<Kind, Word>;
const NAME_WIDTH = 28;
const COLUMN_WIDTH = 15;

/**
 * `import django`: takes over what the service before this hub left; without `--apply` it only looks.
 * @throws UsageError, ConfigError, HubError
 */
export async function importCommand({ env, words, options }: Input): Promise<Result> {
  if (words.length !== 1 || words[0] !== 'django') throw new UsageError(say`"import" takes "django".`);
  const apply = options.apply === true;
  if (apply && options['dry-run'] === true) throw new UsageError(say`"import" takes --apply or --dry-run, not both.`);
  if (typeof options.database !== 'string' || options.database === '') {
    throw new UsageError(say`"import django" takes --database <file>, or --database - for PostgreSQL.`);
  }
  const { callbackUrls, originNames } = callbacksOf(options['callback-url']);
  const config = readDatabaseConfig(env);
  const file = /^sqlite:(.+)$/.exec(config.DATABASE_URL)?.[1];
  if (file !== undefined && !existsSync(file)) {
    throw new HubError('unavailable', say`There is no database at ${file} yet: "migrate" or "serve" makes it.`);
  }
  const place = await placeOf(options.database);
  const now = systemClock().now();
  const tally = await withDatabase(env, async (db) => {
    const originTpvs = new Map<string, string>();
    for (const [origin, name] of originNames) originTpvs.set(origin, (await findTpv(db, name)).id);
    const notesFile = erasureNotesFile(config);
    return importDjango({ db, place, apply, notesFile, callbackUrls, originTpvs, now });
  });
  return { data: { applied: apply, ...tally.counts, problems: tally.problems }, text: textOf(tally, apply) };
}

async function placeOf(given: string): Promise<string> {
  if (given === '-' || /^postgres(ql)?:/.test(given)) return postgresAddress(given, '--database');
  return given.replace(/^sqlite:(\/\/(?=\/))?/, '');
}

/** An origin, and the TPV that has its buttons. */
const ORIGIN_AND_TPV = /^(https?:\/\/[^/?#=]+)\/?=(.+)$/i;

/** `empresa=url`; a URL alone is for every `empresa`; `origin=tpv` names the TPV. */
function callbacksOf(given: Input['options'][string]) {
  const urls = new Map<string, string>();
  const originNames = new Map<string, string>();
  for (const one of Array.isArray(given) ? given : []) {
    const [, base = '', name] = ORIGIN_AND_TPV.exec(one) ?? [];
    if (name !== undefined) {
      const origin = callableUrl(base)?.origin;
      if (origin === undefined) throw new UsageError(say`--callback-url: ${JSON.stringify(base)} is no origin.`);
      originNames.set(origin, name);
      continue;
    }
    const alone = callableUrl(one) !== undefined;
    const at = one.indexOf('=');
    const [empresa, url] = alone ? [ANY_EMPRESA, one] : [one.slice(0, at), one.slice(at + 1)];
    if (!alone && (at < 1 || callableUrl(url) === undefined)) {
      throw new UsageError(say`--callback-url takes <empresa>=<http or https URL>, and not ${JSON.stringify(one)}.`);
    }
    urls.set(empresa, url);
  }
  return { callbackUrls: urls, originNames };
}

function textOf({ counts, problems }: Tally, applied: boolean): string {
  const row = (name: string, cells: readonly string[]) =>
    name.padEnd(NAME_WIDTH) + cells.map((cell) => cell.padStart(COLUMN_WIDTH)).join('');
  return [
    row('', [word(applied ? 'made' : 'to make'), word('there already'), word('left out')]),
    ...KINDS.map((kind) => {
      const { create, present, left_out: leftOut } = counts[kind];
      return row(
        word(NAMES[kind]),
        [create, present, leftOut].map((count) => count.toLocaleString(languageNow())),
      );
    }),
    ...(problems.length > 0 ? ['', ...problems.map((problem) => told(problem))] : []),
    '',
    applied ? say`Done. Again is fine: it makes what is not there yet.` : say`Nothing was written; --apply does.`,
  ].join('\n');
}
