import * as spanish from './es/hubs.ts';
import { worded } from './language.ts';

export const hubsWords = worded('hubsWords', spanish.hubsWords);
