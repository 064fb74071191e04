import * as spanish from './es/service.ts';
import { worded } from './language.ts';

export const serviceStates = worded('serviceStates', spanish.serviceStates);
export const serviceWords = worded('serviceWords', spanish.serviceWords);
