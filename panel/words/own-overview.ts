import * as spanish from './es/own-overview.ts';
import { worded } from './language.ts';

export const ownOverviewWords = worded('ownOverviewWords', spanish.ownOverviewWords);
