import * as spanish from './es/overview.ts';
import { worded } from './language.ts';

export const overviewWords = worded('overviewWords', spanish.overviewWords);
