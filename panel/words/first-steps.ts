import * as spanish from './es/first-steps.ts';
import { worded } from './language.ts';

export const firstStepsWords = worded('firstStepsWords', spanish.firstStepsWords);
export const connectWords = worded('connectWords', spanish.connectWords);
