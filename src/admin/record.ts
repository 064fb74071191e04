import type { FastifyRequest } from 'fastify';
import { type AuditEntry, audit } from '../audit/audit.ts';
import type { Database, Tx } from '../db/open.ts';
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

/** Writes down that a list which names persons is taken out of the hub, and by which filters (docs/security.md, S33). */
export async function recordExport(
  options: { db: Pick<Database, 'transact'>; now(): number },
  request: FastifyRequest,
  list: 'users' | 'instructions' | 'pushes',
): Promise<void> {
  const { q, ...filters } = request.query as Record<string, unknown>;
  // What was searched for may be a person's name, or of their words.
  const details = { list, filters: q === undefined ? filters : { ...filters, q: true } };
  await options.db.transact((tx) => record(tx, options, request, { action: 'user.export', details }));
}
