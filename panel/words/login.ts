import * as spanish from './es/login.ts';
import { worded } from './language.ts';

export const loginWords = worded('loginWords', spanish.loginWords);
