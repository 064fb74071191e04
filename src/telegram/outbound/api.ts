import { Api, GrammyError, HttpError, type Transformer } from 'grammy';
import type { TelegramOutcome } from '../../observability/metrics/outbound-metrics.ts';

/** grammY's default of 500 s would keep a hanging request for minutes. */
const TIMEOUT_SECONDS = 10;
/** 50 MB over a line that carries 5 Mbit/s upwards. */
export const UPLOAD_TIMEOUT_SECONDS = 90;

/** Gets to know of each request to Telegram, once it ended. */
export type OnAsked = (method: string, outcome: TelegramOutcome, ms: number) => void;

export interface TelegramApiOptions {
  token: string;
  apiRoot: string;
  timeoutSeconds?: number;
  onAsked?: OnAsked | undefined;
}

/** Telegram's API for this bot. */
export function telegramApi({ token, apiRoot, timeoutSeconds = TIMEOUT_SECONDS, onAsked }: TelegramApiOptions): Api {
  const api = new Api(token, { apiRoot, timeoutSeconds });
  if (onAsked !== undefined) api.config.use(observed(onAsked));
  return api;
}

function observed(onAsked: OnAsked): Transformer {
  return async (ask, method, payload, signal) => {
    const startedAt = performance.now();
    let outcome: TelegramOutcome = 'no_answer';
    try {
      const answer = await ask(method, payload, signal);
      outcome = answer.ok ? 'ok' : refusalKind(answer.error_code);
      return answer;
    } finally {
      onAsked(method, outcome, performance.now() - startedAt);
    }
  };
}

function refusalKind(code: number): TelegramOutcome {
  if (code === 429) return 'rate_limited';
  return code >= 500 ? 'fault' : 'refused';
}

type GrammySignal = Parameters<Api['getMe']>[0];

/** grammY's types come from a package that stands in for the platform's AbortSignal; at run time they are the same. */
export function grammySignal(signal: AbortSignal): GrammySignal {
  return signal as unknown as GrammySignal;
}

/** Why a call to Telegram did not work, without the token that grammY's own errors carry in their URL. */
export type TelegramFault =
  /** Telegram answered, and said no. */
  | { kind: 'refused'; code: number; description: string; retryAfterSeconds?: number; migratedTo?: number }
  /** Nothing left this machine. */
  | { kind: 'unreachable'; description: string }
  /** The request may have arrived. */
  | { kind: 'unknown'; description: string };

/** Codes of faults that happen before the first byte leaves. */
const BEFORE_SENDING = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH']);

export function telegramFault(error: unknown): TelegramFault {
  if (error instanceof GrammyError) {
    const { retry_after: retryAfterSeconds, migrate_to_chat_id: migratedTo } = error.parameters;
    return {
      kind: 'refused',
      code: error.error_code,
      description: error.description,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      ...(migratedTo !== undefined && { migratedTo }),
    };
  }
  const code = faultCode(error);
  const description = code ?? (error instanceof HttpError ? 'no answer' : 'unexpected fault');
  return BEFORE_SENDING.has(code ?? '') ? { kind: 'unreachable', description } : { kind: 'unknown', description };
}

/** The system's error code, somewhere in the chain of causes; messages there may hold the URL. */
function faultCode(error: unknown): string | undefined {
  for (let at: unknown = error; at instanceof Error; at = at instanceof HttpError ? at.error : at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    if ('errno' in at && typeof at.errno === 'string') return at.errno;
  }
  return undefined;
}
