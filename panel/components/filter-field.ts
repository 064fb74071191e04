import type { Option } from './select-field.tsx';

/** One filter; `name` is both the address' and the hub's. */
export type FilterField =
  | { name: string; label: string; kind: 'search' | 'text' }
  | { name: string; label: string; kind: 'select'; options: readonly Option[] }
  | { name: string; label: string; kind: 'time' };
