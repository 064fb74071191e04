import * as spanish from './es/push.ts';
import { worded } from './language.ts';

export const pushWords = worded('pushWords', spanish.pushWords);
