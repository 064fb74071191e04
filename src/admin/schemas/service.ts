import { z } from 'zod';
import { serviceChangeSchema, serviceNowSchema, serviceSchema, type timetableSchema } from '#protocol';

/** What a TPV's service is now, as lists show it. */
export const tpvServiceNow = serviceNowSchema;
export type TpvServiceNow = z.infer<typeof tpvServiceNow>;

/** The same with what was said of it, and what a person who writes reads. */
export const tpvService = serviceSchema.extend({
  text: z.string().nullable().describe('Lo que lee quien escribe ahora (HTML de Telegram); null: nada'),
});
export type TpvService = z.infer<typeof tpvService>;

export const tpvServiceChange = serviceChangeSchema;
export type TpvServiceChange = z.input<typeof tpvServiceChange>;
export type TpvTimetable = z.infer<typeof timetableSchema>;
