import { z } from 'zod';
import { fault } from '#protocol';

/** Text that every text column can hold: no NUL (PostgreSQL), no lone surrogates (UTF-8). */
export function plainText(least: number, most: number) {
  return z
    .string()
    .min(least)
    .max(most)
    .refine(
      (text) => !text.includes('\0') && text.isWellFormed(),
      fault((say) => say.badCharacters),
    );
}

/**
 * A text column takes neither NUL (PostgreSQL) nor lone surrogates (UTF-8); in a name, each becomes U+FFFD
 * here. The instruction's payload, which is JSON, carries the name as it came.
 */
export function storable<T extends string | null>(text: T): T {
  if (text === null) return text;
  const clean = text.isWellFormed() ? text : text.toWellFormed();
  return (clean.includes('\0') ? clean.replaceAll('\0', '\uFFFD') : clean) as T;
}
