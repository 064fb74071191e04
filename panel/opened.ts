import { signal } from '@preact/signals';
import { keptChoice } from './kept-choice.ts';
import { path } from './router.ts';

/** What is open over the page, whichever page it is: the search, the table of keys, or a new TPV. */
export const opened = signal<'search' | 'keys' | 'new-tpv' | undefined>(undefined);

// Who goes to another page leaves it behind, and with it a new TPV's key.
path.subscribe(() => {
  opened.value = undefined;
});

/** Opens the form of a new TPV. */
export function openNewTpv(): void {
  opened.value = 'new-tpv';
}

/** Whether single letters do something: who dictates, or whose hands shake, may not want that. */
export const letterKeys = keptChoice('valletpv-keys', ['on', 'off']);
