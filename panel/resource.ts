import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ChangedKind } from '../src/admin/schemas/live.ts';
import { asApiError } from './action.ts';
import type { Address } from './address.ts';
import { type ApiError, get } from './api.ts';
import { onChanges } from './live.ts';
import { session } from './session.ts';
import { throttle } from './throttle.ts';

const LEAST_PAUSE_MS = 1_000;

/** One answer of the hub that a page shows. */
export interface Resource<T> {
  value: T | undefined;
  error: ApiError | undefined;
  loading: boolean;
  reload(): void;
}

/** What of the live stream concerns a resource; without `ids`, every row of those kinds. */
export interface Concerns {
  kinds?: readonly ChangedKind[];
  ids?: readonly string[];
  /** While this is true, nothing is loaded anew. */
  paused?: boolean;
}

/** Loads what is at an address (undefined loads nothing), and again when what it shows changed. */
export function useResource<T>(address: Address<T> | undefined, concerns: Concerns = {}): Resource<T> {
  const [state, setState] = useState<{ address?: string | undefined; value?: T; error?: ApiError }>({});
  const reload = useRef(() => {});
  const kinds = concerns.kinds?.join(' ') ?? '';
  const ids = concerns.ids?.join(' ') ?? '';
  const login = session.value?.csrf_token;
  const paused = useRef(false);
  paused.current = concerns.paused ?? false;

  useEffect(() => {
    if (address === undefined || login === undefined) return;
    const gone = new AbortController();
    const load = throttle(async () => {
      if (paused.current) return;
      try {
        const value = await get(address, gone.signal);
        setState({ address, value });
      } catch (fault) {
        if (gone.signal.aborted) return;
        const error = asApiError(fault);
        // What was there stays readable beside the error.
        setState((last) => (last.address === address ? { ...last, error } : { address, error }));
      }
    }, LEAST_PAUSE_MS);
    reload.current = load;
    load();
    const wanted = new Set(ids.split(' ').filter((id) => id !== ''));
    const stops = kinds.split(' ').map((kind) =>
      // The join above made strings of them.
      onChanges(kind as ChangedKind, (changed) => {
        if (paused.current) return;
        if (changed === 'all' || wanted.size === 0 || !wanted.isDisjointFrom(changed)) load();
      }),
    );
    return () => {
      gone.abort();
      load.cancel();
      for (const stop of stops) stop();
    };
  }, [address, kinds, ids, login]);

  const current = state.address === address ? state : {};
  return {
    value: current.value,
    error: current.error,
    loading: address !== undefined && current.value === undefined && current.error === undefined,
    reload: useCallback(() => reload.current(), []),
  };
}
