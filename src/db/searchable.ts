import { type Kysely, PostgresAdapter, type RawBuilder, sql } from 'kysely';
import type { Schema } from './schema.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: it asks whether a text is ASCII alone.
const ASCII = /^[\x00-\x7f]*$/;

/** Text as searches compare it: small letters, no accents. It runs for every update: plain ASCII costs one pass. */
export function searchable(text: string): string {
  const small = text.toLowerCase();
  return ASCII.test(small) ? small : small.normalize('NFD').replace(/\p{M}/gu, '');
}

/**
 * Whether a column contains `text`, as SQLite's and PostgreSQL's `like` see it: small and capital ASCII letters are the
 * same, and `%`, `_` and `\` mean themselves.
 */
export function contains(db: Kysely<Schema>, column: string, text: string): RawBuilder<boolean> {
  return like(db, column, `%${escaped(text)}%`);
}

/** Letters under which Spanish, and what is close to it, writes accents. */
const PERHAPS_ACCENTED = /^[aeiounc]$/i;

/**
 * Whether a column that holds JSON may contain `text` in one of its strings, whatever the accents. It lets through too
 * much, never too little: the caller compares `searchable` of what came back.
 */
export function mayContain(db: Kysely<Schema>, column: string, text: string): RawBuilder<boolean> {
  const pattern = [...text.normalize('NFC')].map((character) =>
    PERHAPS_ACCENTED.test(character) || !ASCII.test(character) ? '_' : escaped(JSON.stringify(character).slice(1, -1)),
  );
  return like(db, column, `%${pattern.join('')}%`);
}

function like(db: Kysely<Schema>, column: string, pattern: string): RawBuilder<boolean> {
  const operator = sql.raw(db.getExecutor().adapter instanceof PostgresAdapter ? 'ilike' : 'like');
  return sql<boolean>`${sql.ref(column)} ${operator} ${pattern} escape '\\'`;
}

function escaped(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
