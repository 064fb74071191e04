import * as spanish from './es/list.ts';
import { worded } from './language.ts';

export const listWords = worded('listWords', spanish.listWords);
