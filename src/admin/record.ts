import type { FastifyRequest } from 'fastify';
import { type AuditEntry, audit } from '../audit/audit.ts';
import type { Tx } from '../db/open.ts';
import type { Changed, Events } from '../events.ts';
import { byline } from './access.ts';

export interface RecordPorts {
  events: Events;
  now(): number;
}

/**
 * Writes a change down in its own transaction, as the doing of whoever calls (docs/security.md, S24); once that is
 * committed, those who watch hear of it and of what changed.
 */
export async function record(
  tx: Tx,
  { events, now }: RecordPorts,
  request: FastifyRequest,
  entry: Omit<AuditEntry, 'actor' | 'address'>,
  changed?: { what: Changed; id: string },
): Promise<void> {
  await audit(tx, { ...entry, ...byline(request) }, now());
  tx.afterCommit(() => {
    if (changed !== undefined) events.emit({ type: 'changed', ...changed });
    events.emit({ type: 'changed', what: 'audit', id: '' });
  });
}

/** Says, after the commit, that sessions ended: what is open for them closes at once. */
export function sessionsEnded(events: Events, sessionIds: readonly string[]): void {
  for (const sessionId of sessionIds) events.emit({ type: 'session.ended', sessionId });
}
