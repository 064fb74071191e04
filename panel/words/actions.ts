import * as spanish from './es/actions.ts';
import { worded } from './language.ts';

export const actions = worded('actions', spanish.actions);
