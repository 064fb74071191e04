import type { tpvFilterWords as spanish } from '../es/tpv-filter.ts';
import type { Worded } from '../worded.ts';

/** What the filter by TPV says. */
export const tpvFilterWords: Worded<typeof spanish> = {
  label: 'TPV',
  all: 'All',
  title: 'Filter by TPV',
  showAll: 'All TPVs',
};
