import type { testOrderWords as spanish } from '../es/test-order.ts';
import type { Worded } from '../worded.ts';

/** What the card says that sends a TPV a test order. */
export const testOrderWords: Worded<typeof spanish> = {
  title: 'Test order',
  lead: 'Write as a customer would and watch, step by step, what the TPV does. The answer is seen here alone: it reaches nobody in Telegram and does not count in the figures.',
  text: 'Message',
  example: 'Hello, this is a test order.',
  hint: 'An old TPV may take it for a real order: tell the restaurant first.',
  send: 'Send the test',
  sendAgain: 'Send another',
  steps: 'Steps of the test order',
  replies: 'What the customer would read',
  story: 'See the message',
  answered: 'The TPV has answered.',
  silent: 'The TPV completed it without answering: a customer would see no answer.',
  failed: 'The TPV could not attend it.',
  failedWith: (error) => `The TPV could not attend it: ${error}`,
  notReached: (seconds) =>
    `The TPV did not fetch it within ${seconds} seconds. Check that its program runs and has a network.`,
  notTaken: (seconds) =>
    `The TPV got it, but said nothing within ${seconds} seconds. Look at its log in the restaurant.`,
  notEnded: (seconds) => `The TPV began with it, but did not end within ${seconds} seconds.`,
};
