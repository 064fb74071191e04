import type { timeWords as spanish } from '../es/time.ts';
import type { Worded } from '../worded.ts';

/** What times say. */
export const timeWords: Worded<typeof spanish> = {
  now: 'just now',
  never: 'never',
  none: '—',
};
