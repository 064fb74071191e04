import type { errorWords as spanish } from '../es/errors.ts';
import type { Worded } from '../worded.ts';

/** What a person reads when something did not work and the hub did not say why itself. */
export const errorWords: Worded<typeof spanish> = {
  unreachable: 'The hub can’t be reached: check the network and try again.',
  part: 'This part of the panel could not be loaded: load the page again.',
  panel: 'The panel failed: load the page again. If it happens again, look at the browser’s console.',
  notFoundTitle: 'It does not exist',
  notFound: 'It may have been deleted, or the address is not right.',
  pageTitle: 'This page does not exist',
  page: 'Check the address or go back to the overview.',
  fields: 'Something has to be corrected:',
  codes: {
    invalid_request: 'Something in it is not valid.',
    unauthorized: 'The session has ended, or the name, the password or the code is not right.',
    second_factor_required: 'The password is right: the code of your app or a recovery code is missing.',
    forbidden: 'You may not do this: ask an administrator.',
    proof_required: 'Confirm that it is you, and try again.',
    tpv_inactive: 'The TPV is inactive: activate it first.',
    not_found: 'It does not exist: it may have been deleted.',
    conflict: 'It does not go with what is there already.',
    invalid_transition: 'The message can’t change so: load the page again.',
    payload_too_large: 'It is too large.',
    request_timeout: 'It took too long to get there: try again.',
    misdirected_request: 'This is not the hub’s address: open the panel at its public one.',
    too_many_requests: 'Too many requests: wait a little and try again.',
    quota_exceeded: 'Too much is waiting already: try again later.',
    internal_error: 'The hub failed: try again, and look at its log.',
    telegram_error: 'Telegram did not take it: try again.',
    unavailable: 'The hub can’t attend now: try again in a moment.',
  },
  status: (status) => `The hub answered with an error (${status}): try again.`,
};
