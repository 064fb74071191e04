import { type Account, accountIn, targetOf } from '../administrators/account.ts';
import { ALARM_CODES, type AlarmCode, isAlarmCode } from '../alarms/alarm.ts';
import { muteAlarms, mutedAlarms } from '../alarms/alarm-choice.ts';
import { audit } from '../audit/audit.ts';
import { systemClock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { UsageError } from '../process/exit.ts';
import type { Input, Result } from './command.ts';
import { say, word } from './language/say.ts';
import { tableOf } from './table.ts';

/** Which alarms an account's person hears of from now on. */
export interface AlarmChange {
  mute: readonly AlarmCode[];
  hear: readonly AlarmCode[];
}

/** @throws UsageError for a code that no alarm has */
export function alarmChangeOf({ mute, hear }: Input['options']): AlarmChange {
  const change = { mute: codesOf('--mute', mute), hear: codesOf('--hear', hear) };
  const both = change.mute.find((code) => change.hear.includes(code));
  if (both !== undefined) throw new UsageError(say`"${both}" can't be both muted and heard.`);
  return change;
}

/** `admin alarms <name>`: shows of which alarms an account's person hears in Telegram, or chooses. */
export async function accountAlarms(db: Database, account: Account, { mute, hear }: AlarmChange): Promise<Result> {
  const changed =
    mute.length + hear.length === 0
      ? account
      : await db.transact(async (tx) => {
          const before = mutedAlarms(await accountIn(tx, account.id));
          await muteAlarms(tx, account.id, [...before.filter((code) => !hear.includes(code)), ...mute]);
          const after = await accountIn(tx, account.id);
          const details = { muted: mutedAlarms(after) };
          const entry = { actor: 'cli', action: 'account.alarms', target: targetOf(after), details } as const;
          await audit(tx, entry, systemClock().now());
          return after;
        });
  const muted = mutedAlarms(changed);
  const isLinked = changed.telegram_id !== null;
  const rows = ALARM_CODES.map((code) => [code, word(muted.includes(code) ? 'muted' : 'heard')]);
  const note = isLinked ? '' : `\n${say`"${changed.name}" has no Telegram linked, and hears of none yet.`}`;
  return {
    data: { id: changed.id, name: changed.name, linked: isLinked, muted },
    text: tableOf(['alarm', ''], rows) + note,
  };
}

function codesOf(option: string, given: Input['options'][string]): AlarmCode[] {
  if (given === undefined) return [];
  if (given === 'all') return [...ALARM_CODES];
  const codes = String(given).split(',');
  const unknown = codes.find((code) => !isAlarmCode(code));
  if (unknown !== undefined) {
    throw new UsageError(say`${option} takes all, or some of ${ALARM_CODES.join(', ')}; not "${unknown}".`);
  }
  return codes.filter(isAlarmCode);
}
