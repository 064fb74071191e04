import { z } from 'zod';
import { ALARM_CODES } from '../../alarms/alarm.ts';
import { webhookMode } from './webhook.ts';

const time = z.iso.datetime({ precision: 3 });
const count = z.int().min(0);

export const alarm = z.object({
  code: z.enum(ALARM_CODES),
  severity: z.enum(['critical', 'warning']),
  since: time.nullable(),
  /** How many of what it names. */
  count: count.nullable(),
  /** If it is about one TPV. */
  tpv: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  /** What else a person should read. */
  detail: z.string().nullable(),
});
export type Alarm = z.infer<typeof alarm>;
export type AlarmCode = Alarm['code'];

export const overview = z.object({
  now: time,
  started_at: time,
  version: z.string(),
  tpvs: z.object({
    total: count,
    active: count,
    awaiting: count,
    online: count,
    by_socket: count,
    by_poll: count,
  }),
  users: z.object({ total: count, unassigned: count }),
  /** What happened in the last 60 s. */
  per_minute: z.object({ updates: count, instructions: count, completed: count, failed: count, pushes: count }),
  /** From an instruction's commit to its TPV's first report. */
  delivery: z.object({ p50_ms: z.number().nullable(), p99_ms: z.number().nullable(), window_seconds: count }),
  backlog: z.object({
    waiting: count,
    in_flight: count,
    unassigned: count,
    oldest: z.object({ id: z.uuid(), created_at: time }).nullable(),
  }),
  push: z.object({
    queued: count,
    per_second: z.number(),
    unknown: count,
    failed_last_hour: count,
    /** Nothing leaves before: Telegram's limit or an outage. */
    paused_until: time.nullable(),
  }),
  webhook: z.object({
    mode: webhookMode,
    state: z.enum(['ok', 'broken', 'unknown']),
    checked_at: time.nullable(),
    problems: z.array(z.string()),
  }),
  alarms: z.array(alarm),
});
export type Overview = z.infer<typeof overview>;

const counts = z.array(count);
const latencies = z.array(z.number().nullable());

/** One value a minute, oldest first; a minute without anything is 0. */
export const activity = z.object({
  step_seconds: z.literal(60),
  /** The beginning of the first minute. */
  from: time,
  updates: counts,
  instructions: counts,
  completed: counts,
  failed: counts,
  pushes: counts,
  pushes_failed: counts,
  p50_ms: latencies,
  p99_ms: latencies,
});
export type Activity = z.infer<typeof activity>;
