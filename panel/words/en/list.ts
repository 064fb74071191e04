import type { listWords as spanish } from '../es/list.ts';
import type { Worded } from '../worded.ts';

/** What lists and their filters say. */
export const listWords: Worded<typeof spanish> = {
  filters: 'Filters',
  moreFilters: 'More filters',
  lessFilters: 'Fewer filters',
  unset: (filter, value) => `Take away the filter “${filter}: ${value}”`,
  all: 'All',
  fresh: (count) => (count === 1 ? '1 new row ↑' : `${count.toLocaleString('en-GB')} new rows ↑`),
  searching: 'Nothing found yet among the newest.',
  keepSearching: 'Search on',
  choose: (name) => `Select ${name}`,
  chooseAll: 'Select all that is shown',
  chosen: (count) => (count === 1 ? '1 selected' : `${count.toLocaleString('en-GB')} selected`),
  unchoose: 'Clear the selection',
  row: 'this row',
  actions: 'Actions',
};
