import * as spanish from './es/instruction.ts';
import { worded } from './language.ts';

export const instructionWords = worded('instructionWords', spanish.instructionWords);
