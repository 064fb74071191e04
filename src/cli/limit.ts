import { UsageError } from '../process/exit.ts';
import type { Input } from './command.ts';
import { say } from './language/say.ts';

const DEFAULT_LIMIT = 50;
const MOST = 1_000;

/** How many rows a list shows: `--limit`, 50 unless given. */
export function limitOf({ limit }: Input['options']): number {
  if (limit === undefined) return DEFAULT_LIMIT;
  const rows = typeof limit === 'string' && /^\d{1,4}$/.test(limit) ? Number(limit) : 0;
  if (rows < 1 || rows > MOST) throw new UsageError(say`--limit takes a whole number from 1 to ${MOST}.`);
  return rows;
}
