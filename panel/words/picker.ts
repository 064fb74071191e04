import * as spanish from './es/picker.ts';
import { worded } from './language.ts';

export const pickerWords = worded('pickerWords', spanish.pickerWords);
