/** Everything that the hub finds by itself and an administrator should look at. */
export const ALARM_CODES = [
  'tpv_offline_with_users',
  'tpv_instructions_waiting',
  'tpv_instructions_failing',
  'tpv_key_shared',
  'tpv_quota_reached',
  'webhook_elsewhere',
  'webhook_broken',
  'polling_broken',
  'database_lost',
  'disk_nearly_full',
  'backup_late',
  'pushes_unknown',
  'quarantine_not_empty',
  'tpv_awaiting_approval',
  'unassigned_waiting',
] as const;
export type AlarmCode = (typeof ALARM_CODES)[number];

/** Those that are always about one TPV: its manager hears of them. */
export const TPV_ALARM_CODES: readonly AlarmCode[] = [
  'tpv_offline_with_users',
  'tpv_instructions_waiting',
  'tpv_instructions_failing',
  'tpv_key_shared',
  'tpv_quota_reached',
];

/** What is wrong now; times in milliseconds. */
export interface FoundAlarm {
  code: AlarmCode;
  severity: 'critical' | 'warning';
  /** Since when it is like that; null: that is not known. */
  since: number | null;
  /** How many of what it names. */
  count: number | null;
  /** If it is about one TPV. */
  tpv: { id: string; name: string } | null;
  /** What else a person should read. */
  detail: string | null;
}

/** What was found at one look. */
export interface Finding {
  found: readonly FoundAlarm[];
  /** Alarms of which this look can't tell whether they are over, as the hub has not run for long. */
  unsure: ReadonlySet<AlarmCode>;
}

/** An alarm as it is kept. */
export interface Alarm extends FoundAlarm {
  id: string;
  /** When the hub found it. */
  raisedAt: number;
  /** When a person was told of it last; null: no one was. */
  toldAt: number | null;
  /** Null: it lasts. */
  endedAt: number | null;
}

export function isAlarmCode(text: string): text is AlarmCode {
  return ALARM_CODES.some((code) => code === text);
}
