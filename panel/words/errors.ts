import * as spanish from './es/errors.ts';
import { worded } from './language.ts';

export const errorWords = worded('errorWords', spanish.errorWords);
