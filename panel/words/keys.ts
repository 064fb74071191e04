import * as spanish from './es/keys.ts';
import { worded } from './language.ts';

export const keysWords = worded('keysWords', spanish.keysWords);
