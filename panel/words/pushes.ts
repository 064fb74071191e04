import * as spanish from './es/pushes.ts';
import { worded } from './language.ts';

export const pushesWords = worded('pushesWords', spanish.pushesWords);
