import * as spanish from './es/tpv.ts';
import { worded } from './language.ts';

export const tpvWords = worded('tpvWords', spanish.tpvWords);
