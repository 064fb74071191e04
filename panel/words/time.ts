import * as spanish from './es/time.ts';
import { worded } from './language.ts';

export const timeWords = worded('timeWords', spanish.timeWords);
