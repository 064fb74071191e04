import type { Alarm } from '../../../src/admin/schemas/overview.ts';
import type { alarmNames as spanishNames, alarmWords as spanishWords } from '../es/alarms.ts';
import type { Worded } from '../worded.ts';

const count = (alarm: Alarm) => (alarm.count ?? 0).toLocaleString('en-GB');
const tpv = (alarm: Alarm) => (alarm.tpv === null ? 'A TPV' : `“${alarm.tpv.name}”`);
const either = (alarm: Alarm, one: string, many: string) => (alarm.count === 1 ? one : `${count(alarm)} ${many}`);

/** What each alarm says, and what its button offers. */
export const alarmWords: Worded<typeof spanishWords> = {
  tpv_offline_with_users: {
    text: (alarm) => `${tpv(alarm)} is not connected and attends ${either(alarm, 'one customer', 'customers')}.`,
    action: 'See the TPV',
  },
  tpv_instructions_waiting: {
    text: (alarm) =>
      `${tpv(alarm)} is connected and does not fetch its messages: one has waited for more than 10 minutes.`,
    action: 'See the TPV',
  },
  tpv_instructions_failing: {
    text: (alarm) =>
      `${tpv(alarm)} fails to attend what it is asked: ${either(alarm, 'one failed message', 'failed messages')} in 10 minutes.`,
    action: 'See the TPV',
  },
  tpv_key_shared: {
    text: (alarm) => `${tpv(alarm)}: two machines use the same key.`,
    action: 'Change the key',
  },
  tpv_quota_reached: {
    text: (alarm) => `${tpv(alarm)} has too many messages or files waiting: the hub takes no more of it.`,
    action: 'See the TPV',
  },
  webhook_elsewhere: {
    text: () => 'The bot’s webhook leads elsewhere: messages do not get here.',
    action: 'Repair',
  },
  webhook_broken: { text: () => 'Telegram can’t deliver the messages.', action: 'See the webhook' },
  polling_broken: { text: () => 'The hub can’t fetch the messages from Telegram.', action: 'See why' },
  database_lost: {
    text: () => 'The database was deleted or replaced: nothing is taken until it is restored.',
    action: 'See the settings',
  },
  disk_nearly_full: { text: () => 'The disk is nearly full.', action: 'See what is kept' },
  backup_late: {
    text: () => 'There is no backup of the last 26 hours.',
    action: 'See the settings',
  },
  pushes_unknown: {
    text: (alarm) =>
      `${either(alarm, 'One message', 'messages')} unconfirmed: nobody knows whether ${alarm.count === 1 ? 'it' : 'they'} arrived.`,
    action: 'Settle',
  },
  quarantine_not_empty: {
    text: (alarm) => `${either(alarm, 'One update', 'updates')} from Telegram in quarantine.`,
    action: 'Look',
  },
  tpv_awaiting_approval: {
    text: (alarm) => `${alarm.tpv === null ? either(alarm, 'One TPV', 'TPVs') : tpv(alarm)} to approve.`,
    action: 'Approve',
  },
  unassigned_waiting: {
    text: (alarm) => `${either(alarm, 'One message', 'messages')} waiting: whoever wrote has no TPV.`,
    action: 'Assign',
  },
};

/** What each alarm is called where one chooses of which to hear. */
export const alarmNames: Worded<typeof spanishNames> = {
  tpv_offline_with_users: 'TPV offline while the restaurant is open',
  tpv_instructions_waiting: 'Connected TPV that does not fetch its messages',
  tpv_instructions_failing: 'TPV whose messages fail',
  tpv_key_shared: 'Two machines with the same key',
  tpv_quota_reached: 'TPV with too much waiting',
  webhook_elsewhere: 'The bot’s webhook leads elsewhere',
  webhook_broken: 'Telegram does not deliver the messages',
  polling_broken: 'The hub does not fetch the messages from Telegram',
  database_lost: 'Database deleted or replaced',
  disk_nearly_full: 'Disk nearly full',
  backup_late: 'No recent backup',
  pushes_unknown: 'Unconfirmed messages',
  quarantine_not_empty: 'Updates in quarantine',
  tpv_awaiting_approval: 'TPVs to approve',
  unassigned_waiting: 'Messages of people without a TPV',
};
