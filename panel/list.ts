import { type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { ChangedKind } from '../src/admin/schemas/live.ts';
import { asApiError } from './action.ts';
import { type Address, withQuery } from './address.ts';
import type { ApiError } from './api.ts';
import { fetchSome } from './fetch-some.ts';
import { keepList, keptList } from './kept-lists.ts';
import { onChanges } from './live.ts';
import { mergePage, type Page } from './merge-page.ts';
import { cameBack, query } from './router.ts';
import { session } from './session.ts';
import { throttle } from './throttle.ts';

const DEFAULT_LIMIT = 50;
/** A list is looked at again this often at most. */
const LEAST_PAUSE_MS = 1_000;
/** After so many requests without a row, the person decides whether to go on. */
const MAX_REQUESTS_IN_ONE_GO = 20;

export type ListState = 'loading' | 'ready' | 'failed';

/** The rows of a resource, page by page, kept fresh. */
export interface List<Row> {
  readonly rows: ReadonlySignal<readonly Row[]>;
  readonly state: ReadonlySignal<ListState>;
  readonly error: ReadonlySignal<ApiError | undefined>;
  /** More rows may follow. */
  readonly hasMore: ReadonlySignal<boolean>;
  /** A further page is on its way. */
  readonly loadingMore: ReadonlySignal<boolean>;
  /** Fetches the next page. */
  more(): void;
  /** Looks at the first page again. */
  reload(): void;
}

export interface ListOptions<Row> {
  key(row: Row): string;
  /** Of a list in which rows move up: what is greater stands higher. */
  rank?(row: Row): string;
  /** What of the live stream concerns it. */
  kind?: ChangedKind;
  /** Names in the address' query that the hub's filters are called by, too. */
  filters?: readonly string[];
  fixed?: Readonly<Record<string, string>>;
  limit?: number;
}

/** A list of the hub, as the filters in the address want it. */
export function useList<Row>(address: Address<Page<Row>>, options: ListOptions<Row>): List<Row> {
  const wanted: Record<string, string | null> = { limit: String(options.limit ?? DEFAULT_LIMIT), ...options.fixed };
  for (const name of options.filters ?? []) wanted[name] = query.value.get(name);
  const url = withQuery(address, wanted);
  const who = session.value?.name;
  // The address says all that the options say; `who` starts it anew for another person.
  const list = useMemo(() => createList(url, `${who} ${url}`, options), [url, who]);
  const login = session.value?.csrf_token;
  // Who logs in again over the page wants to see what is new.
  useEffect(() => list.start(), [list, login]);
  return list;
}

/** @param name by which its rows are remembered while it is not shown */
function createList<Row>(
  url: Address<Page<Row>>,
  name: string,
  { key, rank, kind }: ListOptions<Row>,
): List<Row> & { start(): () => void } {
  // Who goes back finds the list as it was left, to its last row; it is looked at again all the same.
  const kept = cameBack.peek() ? keptList<Row>(name) : undefined;
  const rows = signal<readonly Row[]>(kept?.items ?? []);
  const state = signal<ListState>(kept === undefined ? 'loading' : 'ready');
  const error = signal<ApiError | undefined>(undefined);
  const next = signal<string | null>(kept?.next ?? null);
  const hasMore = signal(next.peek() !== null);
  const loadingMore = signal(false);
  let gone = new AbortController();

  const show = (page: Page<Row>) => {
    rows.value = page.items;
    next.value = page.next;
    hasMore.value = page.next !== null;
  };
  const pageBehind = (cursor: string | null) =>
    fetchSome(url, { cursor, mostRequests: MAX_REQUESTS_IN_ONE_GO, signal: gone.signal });
  const guarded = async (work: () => Promise<void>) => {
    const { signal } = gone;
    try {
      await work();
      if (signal.aborted) return;
      error.value = undefined;
      state.value = 'ready';
    } catch (fault) {
      if (signal.aborted) return;
      error.value = asApiError(fault);
      if (state.value === 'loading') state.value = 'failed';
    }
  };
  const refresh = throttle(
    () =>
      guarded(async () => {
        const first = await pageBehind(null);
        show(mergePage(first, { items: rows.value, next: next.value }, key, rank));
      }),
    LEAST_PAUSE_MS,
  );
  const more = async () => {
    if (loadingMore.value || next.value === null) return;
    loadingMore.value = true;
    await guarded(async () => {
      const page = await pageBehind(next.value);
      const known = new Set(rows.value.map(key));
      show({ items: [...rows.value, ...page.items.filter((row) => !known.has(key(row)))], next: page.next });
    });
    loadingMore.value = false;
  };

  return {
    rows,
    state,
    error,
    hasMore,
    loadingMore,
    more: () => void more(),
    reload: refresh,
    start() {
      gone = new AbortController();
      refresh();
      const stop = kind === undefined ? () => {} : onChanges(kind, refresh);
      return () => {
        gone.abort();
        refresh.cancel();
        stop();
        if (state.peek() === 'ready') keepList(name, { items: rows.peek(), next: next.peek() });
      };
    },
  };
}
