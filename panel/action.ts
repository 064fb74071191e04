import { useCallback, useRef, useState } from 'preact/hooks';
import { ApiError } from './api.ts';
import { errorWords } from './words/errors.ts';

/** Something that a person does and that takes a moment. */
export interface Action<Args extends unknown[]> {
  /** Does it, unless it is being done. Resolves to whether it worked. */
  run(...args: Args): Promise<boolean>;
  busy: boolean;
  error: ApiError | undefined;
}

/** Runs `work` once at a time, and keeps why it failed until the next time. */
export function useAction<Args extends unknown[]>(work: (...args: Args) => Promise<unknown>): Action<Args> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | undefined>(undefined);
  const running = useRef(false);
  const latest = useRef(work);
  latest.current = work;
  const run = useCallback(async (...args: Args) => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setError(undefined);
    try {
      await latest.current(...args);
      return true;
    } catch (fault) {
      setError(asApiError(fault));
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  }, []);
  return { run, busy, error };
}

/** What the hub says about one field of a form. */
export function fieldError(error: ApiError | undefined, name: string): string | undefined {
  return error?.details.find(({ path }) => path === name)?.message;
}

/** Any fault as one that can be shown; a fault of the panel itself is also left in the browser's own log. */
export function asApiError(fault: unknown): ApiError {
  if (fault instanceof ApiError) return fault;
  reportError(fault);
  return new ApiError({ status: 0, code: 'panel', message: errorWords.panel });
}
