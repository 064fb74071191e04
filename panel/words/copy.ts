import * as spanish from './es/copy.ts';
import { worded } from './language.ts';

export const copyWords = worded('copyWords', spanish.copyWords);
