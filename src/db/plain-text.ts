import { z } from 'zod';

/** Text that every text column can hold: no NUL (PostgreSQL), no lone surrogates (UTF-8). */
export function plainText(least: number, most: number) {
  return z
    .string()
    .min(least)
    .max(most)
    .refine((text) => !text.includes('\0') && text.isWellFormed(), { error: 'contiene caracteres no admitidos' });
}
