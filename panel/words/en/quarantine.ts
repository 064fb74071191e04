import type { quarantineReasons as spanishReasons, quarantineWords as spanishWords } from '../es/quarantine.ts';
import type { Worded } from '../worded.ts';

/** What the updates put aside say. */
export const quarantineWords: Worded<typeof spanishWords> = {
  title: 'Quarantine',
  lead: 'What came from Telegram and could not be understood: it is kept as it came, so that nothing is lost.',
  back: 'The whole quarantine',
  views: { label: 'Views of the quarantine', quarantined: 'Not understood', kept: 'Kept', all: 'All' },
  columns: { excerpt: 'Update', kind: 'Kind', outcome: 'What happened', reason: 'Reason', received: 'Came' },
  outcomes: { quarantined: 'Not understood', kept: 'Kept' },
  name: (id) => `Update ${id}`,
  nameless: (seq) => `Update without a number (${seq})`,
  empty: {
    title: 'Nothing is in quarantine',
    text: 'All that came from Telegram was understood. There is nothing to do.',
    keptTitle: 'Nothing is kept',
    keptText: 'Here are the updates that are understood but go to no TPV, such as those of groups.',
  },
  facts: {
    title: 'Facts',
    outcome: 'What happened',
    kind: 'Kind',
    reason: 'Reason',
    received: 'Came',
    updateId: 'Id in Telegram',
    none: 'It had none',
  },
  raw: 'What came',
  rawCopy: 'what came',
  explain: {
    quarantined:
      'The hub did not understand this update. If you have upgraded it since, try again: it may understand it now.',
    kept: 'It is understood, but for no TPV (a group, a channel, an edit). There is nothing to do.',
  },
  retry: 'Try again',
  retried: {
    instruction: 'Understood: it is a received message now.',
    answered: 'Understood: the hub has answered.',
    duplicate: 'It was attended before; it is not repeated.',
    kept: 'It is understood, but for no TPV: it is kept.',
    quarantined: 'It is still not understood.',
  },
  discard: {
    button: 'Discard',
    title: (updates) => `Discard ${updates}?`,
    text: 'What came is deleted and can’t be brought back. Whoever sent it is not told.',
    one: 'update',
    many: 'updates',
    done: (_, updates) => `${updates} discarded.`,
    gone: 'It was no longer in quarantine.',
  },
  because: (reason) => `Reason: ${reason}`,
};

/** Why an update was put aside. */
export const quarantineReasons: Worded<typeof spanishReasons> = {
  known: {
    'not JSON': 'It is not JSON',
    'internal fault': 'The hub failed on it',
    'edited message': 'It is the edit of a message',
    'a kind of update that is not handled': 'It is of a kind that is not attended',
    'message that no person sent': 'No person sent it',
    'message without text or attachment': 'It is a message without text or attachments',
    'message too large to hand out': 'It is too large to be handed to a TPV',
  },
  places: { group: 'a group', supergroup: 'a group', channel: 'a channel' },
  message: (place) => `It is a message in ${place}`,
  membership: (place) => `It is about its membership in ${place}`,
};
