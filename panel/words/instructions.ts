import * as spanish from './es/instructions.ts';
import { worded } from './language.ts';

export const instructionsWords = worded('instructionsWords', spanish.instructionsWords);
