import { useEffect, useState } from 'preact/hooks';
import { asApiError } from './action.ts';
import { type ApiError, type Method, send } from './api.ts';

export interface Preview<T> {
  value?: T;
  error?: ApiError;
}

/**
 * Asks what a change would do, again whenever its body is another one; an answer that comes too late is dropped.
 * @param body undefined: nothing to ask yet
 * @param pauseMs how long the body has to stay as it is before it is asked; for what somebody types
 */
export function usePreview<T>(method: Method, path: string, body: unknown, pauseMs = 0): Preview<T> {
  const key = body === undefined ? undefined : JSON.stringify(body);
  const [state, setState] = useState<Preview<T> & { key?: string | undefined }>({});
  useEffect(() => {
    if (key === undefined) return;
    let late = false;
    const ask = async () => {
      try {
        const value = await send<T>(method, path, JSON.parse(key));
        if (!late) setState({ key, value });
      } catch (fault) {
        if (!late) setState({ key, error: asApiError(fault) });
      }
    };
    const timer = setTimeout(ask, pauseMs);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [method, path, key, pauseMs]);
  // Where somebody types, the last answer stays until the next is there.
  return state.key === key || pauseMs > 0 ? state : {};
}
