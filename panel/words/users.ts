import * as spanish from './es/users.ts';
import { worded } from './language.ts';

export const usersWords = worded('usersWords', spanish.usersWords);
