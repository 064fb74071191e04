import { Api, GrammyError, HttpError, type Transformer } from 'grammy';
import { type Clock, systemClock } from '../../clock.ts';
import type { TelegramOutcome } from '../../observability/metrics/outbound-metrics.ts';
import { ForeignAnswer, RequestFault, requester } from './request.ts';

/** For name, connection and TLS handshake: a provider that blocks Telegram drops packets. */
const CONNECT_MS = 5_000;
/** Telegram's server itself waits out floods and its own faults for 8 s, and one chat's calls wait behind each other. */
const LIMIT_MS = 45_000;
/** What takes longer, such as 50 MB over a line of 5 Mbit/s, or a picture that Telegram fetches; and what need not. */
const LIMITS_MS: Readonly<Record<string, number>> = {
  sendPhoto: 90_000,
  sendDocument: 90_000,
  getFile: 60_000,
  getMe: 10_000,
  sendChatAction: 5_000,
  getWebhookInfo: 10_000,
};

/** Gets to know of each request to Telegram, once it ended. */
export type OnAsked = (method: string, outcome: TelegramOutcome, ms: number) => void;

export interface TelegramApiOptions {
  token: string;
  apiRoot: string;
  /** For tests: how long connecting, and a whole request, may take. */
  limits?: { connectMs?: number; requestMs?: number };
  /** For tests: by which these limits go. */
  clock?: Pick<Clock, 'after'> | undefined;
  onAsked?: OnAsked | undefined;
}

/** Telegram's API for this bot. */
export function telegramApi({ token, apiRoot, limits = {}, clock = systemClock(), onAsked }: TelegramApiOptions): Api {
  const request = requester({
    clock,
    connectMs: limits.connectMs ?? CONNECT_MS,
    limitMs: (method) => limits.requestMs ?? LIMITS_MS[method] ?? LIMIT_MS,
  });
  // grammY's types name all that a fetch can do; it uses what the requester takes, and of its answer only json().
  const api = new Api(token, { apiRoot, fetch: request as unknown as GrammyFetch });
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
    } catch (error) {
      const cause = causeOf(error);
      if (cause instanceof ForeignAnswer && cause.status >= 400) outcome = refusalKind(cause.status);
      throw error;
    } finally {
      onAsked(method, outcome, performance.now() - startedAt);
    }
  };
}

function refusalKind(code: number): TelegramOutcome {
  if (code === 429) return 'rate_limited';
  return code >= 500 ? 'fault' : 'refused';
}

type GrammyFetch = NonNullable<NonNullable<ConstructorParameters<typeof Api>[1]>['fetch']>;
type GrammySignal = Parameters<Api['getMe']>[0];

/** grammY's types come from a package that stands in for the platform's AbortSignal; at run time they are the same. */
export function grammySignal(signal: AbortSignal): GrammySignal {
  return signal as unknown as GrammySignal;
}

/** Why a call to Telegram did not work, without the token that grammY's own errors carry in their URL. */
export type TelegramFault =
  /** Telegram answered, and said no. */
  | { kind: 'refused'; code: number; description: string; retryAfterSeconds?: number; migratedTo?: number }
  /** Telegram can't be reached now, and can't have seen the request. */
  | { kind: 'unreachable'; description: string }
  /** The connection broke before the request was wholly written: Telegram can't have acted on it. */
  | { kind: 'cut'; description: string }
  /** The request may have arrived: no answer came, or one that does not tell. */
  | { kind: 'unknown'; description: string };

/** What a failed call to Telegram means. */
export function telegramFault(error: unknown): TelegramFault {
  if (error instanceof GrammyError) {
    const { retry_after: retryAfterSeconds, migrate_to_chat_id: migratedTo } = error.parameters;
    return answered(error.error_code, error.description, {
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      ...(migratedTo !== undefined && { migratedTo }),
    });
  }
  const cause = causeOf(error);
  if (cause instanceof RequestFault) return unanswered(cause);
  if (cause instanceof ForeignAnswer) return foreign(cause);
  return { kind: 'unknown', description: 'unexpected fault' };
}

/** What grammY wraps. */
function causeOf(error: unknown): unknown {
  return error instanceof HttpError ? error.error : error;
}

function unanswered({ stage, code: description }: RequestFault): TelegramFault {
  switch (stage) {
    case 'connecting':
      return { kind: 'unreachable', description };
    case 'writing':
      return { kind: 'cut', description };
    case 'written':
      return { kind: 'unknown', description };
    default:
      return stage satisfies never;
  }
}

/** A gateway's answer keeps its status; any other page stands where Telegram can't be reached. */
function foreign({ status, message, retryAfterSeconds }: ForeignAnswer): TelegramFault {
  if (status === 413 || status === 429 || status >= 500) {
    return answered(status, message, { ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
  }
  if (status >= 200 && status < 300) return { kind: 'unknown', description: message };
  return { kind: 'unreachable', description: message };
}

/** 503 is said before anything is done; each other fault of Telegram's may have come after the message went out. */
function answered(
  code: number,
  description: string,
  more: { retryAfterSeconds?: number; migratedTo?: number },
): TelegramFault {
  if (code === 503) return { kind: 'unreachable', description: `503 ${description}` };
  if (code >= 500) return { kind: 'unknown', description: `${code} ${description}` };
  return { kind: 'refused', code, description, ...more };
}
