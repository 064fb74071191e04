import * as spanish from './es/frame.ts';
import { worded } from './language.ts';

export const frameWords = worded('frameWords', spanish.frameWords);
