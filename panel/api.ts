import type { Address } from './address.ts';
import { isAttended } from './attention.ts';
import { askProof } from './proof.ts';
import { expired, session } from './session.ts';
import { errorWords } from './words/errors.ts';
import { language } from './words/language.ts';

/** One field's fault, as the hub names it. */
export interface FieldFault {
  path: string;
  message: string;
}

/** A request that the hub refused, or that never reached it (`status` 0). `message` is for the person. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly details: readonly FieldFault[];
  /** Seconds after which it makes sense to try again. */
  readonly retryAfter: number | undefined;

  constructor(fault: { status: number; code: string; message: string; details?: FieldFault[]; retryAfter?: number }) {
    super(fault.message);
    this.status = fault.status;
    this.code = fault.code;
    this.details = fault.details ?? [];
    this.retryAfter = fault.retryAfter;
  }
}

export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Asks the hub.
 * @throws ApiError
 */
export function get<Answer>(address: Address<Answer>, signal?: AbortSignal): Promise<Answer> {
  const headers: Record<string, string> = isAttended() ? {} : { 'x-unattended': '1' };
  return call<Answer>(address, { headers, signal: signal ?? null });
}

/**
 * Changes something; where the hub wants to know first who is there, the person is asked, and it goes once more.
 * @throws ApiError
 */
export async function send<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = {};
  const token = session.value?.csrf_token;
  if (token !== undefined) headers['x-csrf-token'] = token;
  if (body !== undefined) headers['content-type'] = 'application/json';
  const init = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
  try {
    return await call<T>(path, init);
  } catch (fault) {
    if (fault instanceof ApiError && fault.code === 'proof_required' && (await askProof())) return call<T>(path, init);
    throw fault;
  }
}

async function call<T>(url: string, init: RequestInit & { headers: Record<string, string> }): Promise<T> {
  let answer: Response;
  try {
    const headers = { ...init.headers, 'accept-language': language };
    answer = await fetch(url, { ...init, headers, credentials: 'same-origin', redirect: 'error' });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError({ status: 0, code: 'unreachable', message: errorWords.unreachable });
  }
  const body: unknown = await answer.json().catch(() => undefined);
  // What a success looks like is the hub's schema; the hub itself checks it before it answers.
  if (answer.ok) return body as T;
  const error = refusal(answer, body);
  if (error.status === 401 && error.code === 'unauthorized' && session.value) expired.value = true;
  throw error;
}

function refusal(answer: Response, body: unknown): ApiError {
  const { status } = answer;
  const retryAfter = Number(answer.headers.get('retry-after') ?? Number.NaN);
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const details = Array.isArray(given.details) ? (given.details as FieldFault[]) : [];
  const code = typeof given.code === 'string' ? given.code : 'unknown';
  const said = Object.hasOwn(errorWords.codes, code) ? errorWords.codes[code] : given.error;
  return new ApiError({
    status,
    code,
    message: typeof said === 'string' ? said : errorWords.status(status),
    details,
    ...(Number.isFinite(retryAfter) ? { retryAfter } : {}),
  });
}
