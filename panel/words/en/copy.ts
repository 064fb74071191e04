import type { copyWords as spanish } from '../es/copy.ts';
import type { Worded } from '../worded.ts';

/** What copying says. */
export const copyWords: Worded<typeof spanish> = {
  copy: (what) => `Copy ${what}`,
  copied: (what) => (what === undefined ? 'Copied' : `Copied: ${what}`),
  failed: 'It could not be copied: select the text and copy it by hand.',
};
