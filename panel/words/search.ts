import * as spanish from './es/search.ts';
import { worded } from './language.ts';

export const searchWords = worded('searchWords', spanish.searchWords);
