import type { AuditAction, AuditEntry } from '../../../src/admin/schemas/audit.ts';
import { auditSentences } from '../../words/audit-sentences.ts';
import { factsOf } from './audit-facts.ts';

/** An entry of the audit log as a sentence; who did which code, where this panel is older than the entry. */
export function auditSentence(entry: AuditEntry): string {
  const facts = factsOf(entry);
  if (!isKnown(entry.action)) return `${facts.who}: ${entry.action}`;
  return auditSentences[entry.action](facts);
}

function isKnown(action: string): action is AuditAction {
  return Object.hasOwn(auditSentences, action);
}
