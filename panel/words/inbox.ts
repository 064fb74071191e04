import * as spanish from './es/inbox.ts';
import { worded } from './language.ts';

export const inboxWords = worded('inboxWords', spanish.inboxWords);
