/** What an administrator should look at, while it lasts and for some time after. */
export interface AlarmTable {
  id: string;
  code: string;
  /** Of which TPV it is; empty: of the whole hub. */
  tpv_id: string;
  severity: 'critical' | 'warning';
  /** Since when it is like that, if that is known. */
  since: number | null;
  /** How many of what it names. */
  count: number | null;
  detail: string | null;
  /** When the hub found it. */
  raised_at: number;
  /** When a person was told last; null: no one yet. */
  told_at: number | null;
  /** Null: it lasts. */
  ended_at: number | null;
}

/** The person of an account was told of an alarm; the row goes once they were told of its end. */
export interface AlarmNoticeTable {
  alarm_id: string;
  admin_id: string;
  /** When they were told last. */
  told_at: number;
}

/** When no person is told of alarms. */
export interface MaintenanceWindowTable {
  id: string;
  /** Of which TPV alone; empty: of the whole hub. */
  tpv_id: string;
  from_at: number;
  /** No part of it. */
  until_at: number;
  reason: string;
  created_by: string;
}
