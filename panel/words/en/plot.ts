import type { plotWords as spanish } from '../es/plot.ts';
import type { Worded } from '../worded.ts';

/** What plots say. */
export const plotWords: Worded<typeof spanish> = {
  time: 'Time',
  nothing: (label) => `${label}: no data.`,
  span: (label, last, most) => `${label}: now ${last}, most ${most}.`,
  count: (label, last, most, sum) => `${label}: now ${last} per minute, most ${most}, ${sum} in all.`,
};
