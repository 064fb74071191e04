import { z } from 'zod';
import { fault, matching } from '#protocol';
import { nextTurn } from '../clock.ts';
import type { Words } from '../wording/wording.ts';

const MOST_ITEMS = 200;
const DEFAULT_ITEMS = 50;
/** Longer than any key of any list. */
const LONGEST_CURSOR = 500;

const limitQuery = matching<Words>(/^\d{1,3}$/, (say) => say.wholeNumber)
  .transform(Number)
  .pipe(z.number().min(1).max(MOST_ITEMS))
  .default(DEFAULT_ITEMS);

/**
 * What each list takes in its query besides its filters: `z.strictObject({ ...tpvFilters.shape, ...pageQuery(key) })`.
 * @param key the schema of the values by which the list is paged, such as `z.tuple([z.int()])`; a cursor that holds
 * anything else is refused with 400
 */
export function pageQuery<K extends z.ZodType>(key: K) {
  const cursor = z
    .string()
    .max(LONGEST_CURSOR)
    .transform((text, context) => {
      const parsed = key.safeParse(decoded(text));
      if (parsed.success) return parsed.data;
      context.addIssue({ code: 'custom', ...fault<Words>((say) => say.otherList) });
      return z.NEVER;
    });
  return { limit: limitQuery, cursor: cursor.optional() };
}

/** The answer of a list. A page may be short, even empty, while `next` is not null. */
export function pageSchema<I extends z.ZodType>(item: I) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** The cursor behind which the next page begins; opaque to the client. */
export function cursorOf(key: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function decoded(cursor: string): unknown {
  // Buffer skips characters that are not base64url: only a text that it would write itself is a cursor.
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.toString('base64url') !== cursor) return undefined;
  try {
    return JSON.parse(bytes.toString());
  } catch {
    // Not JSON: the key's schema refuses it.
    return undefined;
  }
}

/** One page of anything that is read by key. */
export interface Page<R, K> {
  rows: readonly R[];
  /** The key behind which the next page begins; undefined at the end. */
  next: K | undefined;
}

/** Every row behind every page, read as it is asked for; other work gets its turn between two pages. */
export async function* everyRow<R, K>(read: (after: K | undefined) => Promise<Page<R, K>>): AsyncGenerator<R> {
  let after: K | undefined;
  do {
    const { rows, next } = await read(after);
    yield* rows;
    after = next;
    await nextTurn();
  } while (after !== undefined);
}
