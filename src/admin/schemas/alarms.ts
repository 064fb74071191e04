import { z } from 'zod';
import { ALARM_CODES } from '../../alarms/alarm.ts';
import { LONGEST_WINDOW_MS, MOST_REASON_LENGTH } from '../../alarms/maintenance-windows.ts';
import { plainText } from '../../db/plain-text.ts';
import { alarm } from './overview.ts';

const time = z.iso.datetime({ precision: 3 });
const code = z.enum(ALARM_CODES);
const LONGEST_MINUTES = LONGEST_WINDOW_MS / 60_000;

export const listedAlarm = z.object({
  id: z.uuid(),
  ...alarm.shape,
  raised_at: time.describe('Cuándo la vio el hub'),
  told_at: time.nullable().describe('Cuándo se avisó de ella en Telegram por última vez'),
  ended_at: time.nullable(),
});

export const alarmFilters = z.strictObject({ state: z.enum(['open', 'ended']).optional() });
export const alarmList = z.object({ items: z.array(listedAlarm), next: z.string().nullable() });
export type ListedAlarm = z.infer<typeof listedAlarm>;

/** Of which alarms an account's person hears in Telegram. */
export const alarmChoice = z.object({
  linked: z.boolean().describe('Si la cuenta tiene un Telegram vinculado'),
  items: z.array(z.object({ code, told: z.boolean() })),
});
export type AlarmChoice = z.infer<typeof alarmChoice>;

export const alarmChoiceChange = z.strictObject({
  muted: z.array(code).max(ALARM_CODES.length).describe('De cuáles no se avisa; de las demás, sí'),
});

export const maintenanceWindow = z.object({
  id: z.uuid(),
  tpv: z.object({ id: z.uuid(), name: z.string() }).nullable().describe('null: todo el hub'),
  from: time,
  until: time,
  reason: z.string(),
  created_by: z.string(),
});
export type MaintenanceWindow = z.infer<typeof maintenanceWindow>;

export const maintenanceList = z.object({ items: z.array(maintenanceWindow) });
export type MaintenanceList = z.infer<typeof maintenanceList>;

export const newMaintenanceWindow = z.strictObject({
  tpv_id: z.uuid().nullish().describe('null: todo el hub'),
  from: z.iso.datetime({ offset: true }).optional().describe('Si no se indica, ahora'),
  minutes: z.int().min(1).max(LONGEST_MINUTES).describe('Cuánto dura; como mucho, 7 días'),
  reason: plainText(0, MOST_REASON_LENGTH).default(''),
});
export const maintenanceParams = z.object({ id: z.uuid() });
