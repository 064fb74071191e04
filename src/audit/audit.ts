import { jsonText } from '../db/json-text.ts';
import type { Tx } from '../db/open.ts';
import type { AuditAction } from './actions.ts';

/** Who did what to what; names no secret. */
export interface AuditEntry {
  /** An administrator's name, or `token`, `cli`, `hub`, `tpv`. */
  actor: string;
  action: AuditAction;
  target?: { kind: string; id?: string; name?: string | undefined } | undefined;
  /** What was changed, without secrets. */
  details?: Readonly<Record<string, unknown>> | undefined;
  /** The address that it came from. */
  address?: string | undefined;
}

/** Writes an entry in the transaction of its change: neither is written without the other (docs/security.md, S24). */
export async function audit(tx: Tx, entry: AuditEntry, now: number): Promise<void> {
  await tx.kysely
    .insertInto('audit_log')
    .values({
      at: now,
      actor: entry.actor,
      action: entry.action,
      target_kind: entry.target?.kind ?? null,
      target_id: entry.target?.id ?? null,
      target_name: entry.target?.name ?? null,
      details: jsonText(entry.details ?? {}),
      address: entry.address ?? null,
    })
    .execute();
  tx.changed('audit', '');
}
