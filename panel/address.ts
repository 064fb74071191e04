import type { Answers } from './answers.ts';

declare const ANSWER: unique symbol;

/** An address of the hub's API. The compiler knows by it what a GET there answers. */
export type Address<Answer> = string & { readonly [ANSWER]: Answer };

export type Query = URLSearchParams | Readonly<Record<string, string | number | boolean | null | undefined>>;

interface Parts {
  /** In the place of `:id`. */
  id?: string | number;
  query?: Query;
}

type Given<Path> = Path extends `${string}/:id${string}` ? [parts: Parts & { id: string | number }] : [parts?: Parts];

/** A path with its query; what is undefined, null or empty is left out. */
export function href(path: string, query?: Query): string {
  const pairs = query instanceof URLSearchParams ? [...query] : Object.entries(query ?? {});
  const search = new URLSearchParams();
  for (const [name, value] of pairs) {
    if (value !== undefined && value !== null && value !== '') search.append(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search}`;
}

/**
 * The address of what the hub has at a path.
 * @example at('/api/admin/tpvs/:id', { id })
 */
export function at<Path extends keyof Answers>(path: Path, ...[parts]: Given<Path>): Address<Answers[Path]> {
  const { id, query }: Parts = parts ?? {};
  const filled = id === undefined ? path : path.replace(':id', encodeURIComponent(id));
  // What is answered there is in no string: the map of answers says it.
  return href(filled, query) as Address<Answers[Path]>;
}

/** The same address with more in its query. */
export function withQuery<Answer>(address: Address<Answer>, query: Query): Address<Answer> {
  const more = href('', query);
  return `${address}${address.includes('?') ? more.replace('?', '&') : more}` as Address<Answer>;
}
