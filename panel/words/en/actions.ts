import type { actions as spanish } from '../es/actions.ts';
import type { Worded } from '../worded.ts';

/** What buttons say. */
export const actions: Worded<typeof spanish> = {
  save: 'Save',
  cancel: 'Cancel',
  close: 'Close',
  delete: 'Delete',
  edit: 'Edit',
  create: 'Create',
  add: 'Add',
  retry: 'Try again',
  reload: 'Load again',
  copy: 'Copy',
  copied: 'Copied',
  more: 'Load more',
  loadingMore: 'Loading more…',
  clear: 'Clear filters',
  confirm: 'Confirm',
  download: 'Download CSV',
  assign: 'Assign',
  revoke: 'Revoke',
  continue: 'Continue',
  dismiss: 'Close the notice',
  logIn: 'Log in',
  logOut: 'Log out',
};
