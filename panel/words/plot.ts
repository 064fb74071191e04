import * as spanish from './es/plot.ts';
import { worded } from './language.ts';

export const plotWords = worded('plotWords', spanish.plotWords);
