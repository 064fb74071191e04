import * as spanish from './es/tpvs.ts';
import { worded } from './language.ts';

export const tpvsWords = worded('tpvsWords', spanish.tpvsWords);
