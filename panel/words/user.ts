import * as spanish from './es/user.ts';
import { worded } from './language.ts';

export const userWords = worded('userWords', spanish.userWords);
