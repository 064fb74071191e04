import * as spanish from './es/account.ts';
import { worded } from './language.ts';

export const accountWords = worded('accountWords', spanish.accountWords);
