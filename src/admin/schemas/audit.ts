import { z } from 'zod';
import { plainText } from '../../db/plain-text.ts';

export type { AuditAction } from '../../audit/actions.ts';

export const auditFilters = z.strictObject({
  actor: plainText(1, 200).optional(),
  action: plainText(1, 100).optional().describe('Entera (`tpv.activate`), o solo su nombre (`tpv`)'),
  target_id: plainText(1, 200).optional(),
  from: z.iso.datetime({ offset: true }).optional().describe('Desde este momento, incluido'),
  to: z.iso.datetime({ offset: true }).optional().describe('Hasta este momento, excluido'),
});
export type AuditFilters = z.infer<typeof auditFilters>;

export const auditEntry = z.object({
  seq: z.int(),
  at: z.iso.datetime({ precision: 3 }),
  /** An administrator's name, or `token`, `cli`, `hub`. */
  actor: z.string(),
  /** Noun and verb, such as `tpv.activate`. */
  action: z.string(),
  target: z.object({ kind: z.string(), id: z.string(), name: z.string().nullable() }).nullable(),
  details: z.record(z.string(), z.unknown()),
  address: z.string().nullable(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

export const auditList = z.object({ items: z.array(auditEntry), next: z.string().nullable() });
