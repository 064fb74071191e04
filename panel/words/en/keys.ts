import type { keysWords as spanish } from '../es/keys.ts';
import type { Worded } from '../worded.ts';

/** Which keys the panel knows, and what the table of them says. */
export const keysWords: Worded<typeof spanish> = {
  title: 'Keys of the panel',
  letters: 'Use single-letter keys',
  lettersHint: 'Turn them off if you dictate, or press them by accident. Ctrl K always works.',
  or: 'or',
  groups: [
    {
      name: 'All over the panel',
      keys: [
        { keys: ['Ctrl K', '/'], does: 'Find customers, TPVs, ids, pages and actions' },
        { keys: ['F'], does: 'Go to the page’s search box' },
        { keys: ['?'], does: 'See these keys' },
        { keys: ['Esc'], does: 'Close what is on top' },
      ],
    },
    {
      name: 'In a list',
      keys: [
        { keys: ['J', '↓'], does: 'Next row' },
        { keys: ['K', '↑'], does: 'Row before' },
        { keys: ['Enter'], does: 'Open the row' },
        { keys: ['X'], does: 'Select the row, or take it out of the selection' },
        { keys: ['A'], does: 'Do the first thing that the row offers, such as approving a TPV' },
      ],
    },
    {
      name: 'In “Conversations”',
      keys: [
        { keys: ['↓', '↑'], does: 'Next conversation, or the one before' },
        { keys: ['Enter'], does: 'Open it' },
        { keys: ['R'], does: 'Write to the customer' },
      ],
    },
  ],
};
