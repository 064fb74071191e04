import type {
  commandNames as spanishCommandNames,
  instructionStates as spanishInstructionStates,
  presence as spanishPresence,
  pushStates as spanishPushStates,
  roles as spanishRoles,
  tpvStates as spanishTpvStates,
  transports as spanishTransports,
} from '../es/states.ts';
import type { Worded } from '../worded.ts';

/** How states are called, wherever they stand. */
export const tpvStates: Worded<typeof spanishTpvStates> = {
  awaiting: 'To approve',
  active: 'Active',
  inactive: 'Inactive',
};

export const presence: Worded<typeof spanishPresence> = { online: 'Online', offline: 'Offline' };

export const transports: Worded<typeof spanishTransports> = { socket: 'WebSocket', poll: 'Polling' };

export const instructionStates: Worded<typeof spanishInstructionStates> = {
  pending: 'Waiting',
  sent: 'On its way',
  delivered: 'Delivered',
  processing: 'In progress',
  completed: 'Attended',
  failed: 'Failed',
};

/** What a TPV is asked for, by the command that carries it. */
export const commandNames: Worded<typeof spanishCommandNames> = {
  process_message: 'Message',
  process_edited_message: 'Edited message',
  process_callback: 'Press',
  process_erasure: 'Erasing of data',
  hub_test: 'Connection test',
};

export const pushStates: Worded<typeof spanishPushStates> = {
  pending: 'Queued',
  sending: 'Being sent',
  sent: 'Sent',
  failed: 'Failed',
  unknown: 'Unconfirmed',
};

export const roles: Worded<typeof spanishRoles> = { admin: 'Administrator', viewer: 'Read-only', manager: 'Manager' };
