import * as spanish from './es/tpv-filter.ts';
import { worded } from './language.ts';

export const tpvFilterWords = worded('tpvFilterWords', spanish.tpvFilterWords);
