import * as spanish from './es/audit-sentences.ts';
import { worded } from './language.ts';

export type { AuditFacts } from './es/audit-sentences.ts';

export const auditChange = worded('auditChange', spanish.auditChange);
export const auditWrong = worded('auditWrong', spanish.auditWrong);
export const auditValues = worded('auditValues', spanish.auditValues);
export const auditSentences = worded('auditSentences', spanish.auditSentences);
