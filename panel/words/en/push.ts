import type { pushWords as spanish } from '../es/push.ts';
import type { Worded } from '../worded.ts';

/** What the page of one message says. */
export const pushWords: Worded<typeof spanish> = {
  back: 'All sent',
  name: 'Sent message',
  title: (person) => `Message for ${person}`,
  bubble: 'As the customer sees it',
  keyboard: 'Instead of letters, the customer sees these keys:',
  plain: 'Telegram did not understand its markup and sent it as plain text.',
  facts: {
    title: 'Facts',
    person: 'To',
    tpv: 'From',
    kind: 'Kind',
    created: 'Created',
    sent: 'Sent',
    tryAt: 'Next attempt',
    attempts: 'Attempts',
    error: 'Telegram’s error',
    errorCode: (code, message) => `${code}: ${message}`,
    messageId: 'Id in Telegram',
    id: 'Id',
    idCopy: 'the message’s id',
  },
  presses: {
    title: 'Presses',
    label: 'Presses of its buttons',
    none: 'Nobody has pressed its buttons yet.',
    pressed: (action) => `Pressed “${action}”`,
    pressedOne: 'Pressed a button',
    answered: (time) => `Answered ${time} later`,
    unanswered: 'Unanswered',
  },
  resend: {
    open: 'Send again',
    title: 'Send it again?',
    text: (person) => `“${person}” gets the message as a new one.`,
    twice: (person) =>
      `Nobody knows whether the message arrived: if it did, “${person}” gets it twice. If you can, ask the restaurant first.`,
    confirm: 'Send again',
    done: 'The message is in the queue again.',
  },
  resolve: {
    note: 'Nobody knows whether it arrived',
    explain:
      'The message left for Telegram, but no answer came back (a cut or a restart). The hub does not repeat it by itself, so that nobody gets it twice: you decide.',
    open: 'Settle',
    title: 'Settle the unconfirmed message',
    label: 'What became of it?',
    sent: 'It arrived',
    sentHint: 'You have asked the customer or the restaurant. It counts as sent and is not repeated.',
    failed: 'It did not arrive',
    failedHint: 'It counts as failed; afterwards you can send it again.',
    confirm: 'Save',
    done: 'The message is settled.',
  },
};
