import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { query } from './router.ts';

/** The rows that are chosen in a list. Other filters begin with none: nothing is changed that nobody sees. */
export function useSelection(): Signal<ReadonlySet<string>> {
  const selection = useSignal<ReadonlySet<string>>(new Set());
  const filters = query.value.toString();
  useEffect(() => {
    selection.value = new Set();
  }, [filters, selection]);
  return selection;
}
