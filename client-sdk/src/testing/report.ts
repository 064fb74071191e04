import type { ReportableStatus } from '../wire/instruction.ts';
import type { RefusalCode } from './refusal.ts';

/** What a TPV says about an instruction. */
export interface ReportFields {
  id: string;
  status: ReportableStatus;
  response?: unknown;
  error_message?: string | undefined;
}

/** A report as it came, and what it was answered with: `ok`, or the refusal's code. */
export interface ReportRecord extends ReportFields {
  transport: 'websocket' | 'polling';
  answer: 'ok' | RefusalCode;
}
