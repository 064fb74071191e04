import * as spanish from './es/states.ts';
import { worded } from './language.ts';

export const tpvStates = worded('tpvStates', spanish.tpvStates);
export const presence = worded('presence', spanish.presence);
export const transports = worded('transports', spanish.transports);
export const instructionStates = worded('instructionStates', spanish.instructionStates);
export const commandNames = worded('commandNames', spanish.commandNames);
export const pushStates = worded('pushStates', spanish.pushStates);
export const roles = worded('roles', spanish.roles);
