import type { pickerWords as spanish } from '../es/picker.ts';
import type { Worded } from '../worded.ts';

/** What choosing a TPV says. */
export const pickerWords: Worded<typeof spanish> = {
  search: 'Find by name…',
  places: (used, most) => `${used.toLocaleString('en-GB')} of ${most.toLocaleString('en-GB')} customers`,
  none: 'No TPV matches.',
  more: 'There are more: type part of the name to find them.',
};
