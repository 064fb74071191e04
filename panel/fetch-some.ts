import { type Address, withQuery } from './address.ts';
import { get } from './api.ts';
import type { Page } from './merge-page.ts';

/** Which page of a list, and how long it may be looked for. */
export interface SomeRows {
  /** Behind which it begins; null: the first. */
  cursor: string | null;
  /** The hub looks at so many rows per request; a rare match needs several. */
  mostRequests: number;
  signal: AbortSignal;
}

/**
 * A page of a list: pages may be short or empty before the end, so it goes on until there is something to show.
 * @throws ApiError
 */
export async function fetchSome<Row>(address: Address<Page<Row>>, wanted: SomeRows): Promise<Page<Row>> {
  const { cursor, mostRequests, signal } = wanted;
  let page = await get(withQuery(address, { cursor }), signal);
  for (let asked = 1; page.items.length === 0 && page.next !== null && asked < mostRequests; asked++) {
    page = await get(withQuery(address, { cursor: page.next }), signal);
  }
  return page;
}
