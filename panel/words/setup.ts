import * as spanish from './es/setup.ts';
import { worded } from './language.ts';

export const setupWords = worded('setupWords', spanish.setupWords);
