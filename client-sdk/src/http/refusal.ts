import type { IncomingMessage } from 'node:http';
import { HubClientError } from '../errors.ts';
import type { ErrorCode } from '../protocol/error-codes.ts';
import { isRecord } from '../wire/check.ts';

/** The longest wait that is taken from a hub; a slip there must not silence a TPV for days. */
export const LONGEST_WAIT_MS = 60 * 60 * 1000;

const MAX_BODY_CHARS = 16 * 1024;

/** A hub's HTTP answer that is not the one that was asked for. */
export interface Refusal {
  status: number;
  retryAfter: string | undefined;
  body: string;
}

/** Reads the refusal of an upgrade; what it can't read of the body, it leaves out. */
export async function readRefusal(response: IncomingMessage): Promise<Refusal> {
  let body = '';
  try {
    response.setEncoding('utf8');
    for await (const chunk of response) {
      body += chunk;
      if (body.length > MAX_BODY_CHARS) break;
    }
  } catch {
    // The connection was cut within the body: status and headers are what the rules go by.
  }
  return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], body };
}

/**
 * The codes with which a hub itself gives these statuses. A proxy, a captive portal or a host that took the hub's place
 * gives them, too: that is no word of the hub's on a key or an instruction, and may pass.
 */
const OWN_CODES: ReadonlyMap<number, readonly string[]> = new Map([
  [401, ['unauthorized', 'second_factor_required'] satisfies ErrorCode[]],
  [403, ['forbidden', 'tpv_inactive', 'registration_closed'] satisfies ErrorCode[]],
  [404, ['not_found'] satisfies ErrorCode[]],
]);

/** The error that a refusal stands for, the same for REST and for the socket's upgrade. */
export function refusalError(refusal: Refusal, nowMs: number): HubClientError {
  const { status } = refusal;
  const body = parseBody(refusal.body);
  if (OWN_CODES.get(status)?.includes(body?.code ?? '') === false) {
    return new HubClientError('unreachable', {
      httpStatus: status,
      retryAfterMs: retryAfterMs(refusal.retryAfter, nowMs),
      detail: `HTTP ${status}, and not from the hub`,
    });
  }
  const options = {
    httpStatus: status,
    hubCode: body?.code,
    retryAfterMs: retryAfterMs(refusal.retryAfter, nowMs),
    detail: body === undefined ? `HTTP ${status}` : `HTTP ${status} ${body.code}: ${body.error}`,
  };
  if (status === 401) return new HubClientError('unauthorized', options);
  if (status === 403) return new HubClientError(body?.code === 'tpv_inactive' ? 'tpv_inactive' : 'forbidden', options);
  return new HubClientError('refused', options);
}

function parseBody(text: string): { code: string; error: string } | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (!isRecord(body) || typeof body.code !== 'string' || typeof body.error !== 'string') return undefined;
    return { code: body.code, error: body.error };
  } catch {
    // A proxy's HTML page, most likely.
    return undefined;
  }
}

/** `Retry-After` in milliseconds: whole seconds, or a date. */
function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_WAIT_MS);
}
