import * as spanish from './es/audit.ts';
import { worded } from './language.ts';

export const auditWords = worded('auditWords', spanish.auditWords);
export const auditActions = worded('auditActions', spanish.auditActions);
