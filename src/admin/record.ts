import type { FastifyRequest } from 'fastify';
import { type AuditEntry, audit } from '../audit/audit.ts';
import type { Tx } from '../db/open.ts';
import { byline } from './access.ts';

/** Writes a change into the audit log in its own transaction, with its caller (docs/security.md, S24). */
export async function record(
  tx: Tx,
  { now }: { now(): number },
  request: FastifyRequest,
  entry: Omit<AuditEntry, 'actor' | 'address'>,
): Promise<void> {
  await audit(tx, { ...entry, ...byline(request) }, now());
}
