import { createHmac, timingSafeEqual } from 'node:crypto';
import { systemClock } from '../clock.ts';

const PREFIX = 'whsec_';
/** How far the hub's clock and this machine's may be apart, in milliseconds, as Standard Webhooks has it. */
const TOLERANCE_MS = 300_000;

/** A request to the TPV's own URL that says that it comes from the hub. */
export interface ReceivedCall {
  /** As Node (`request.headers`) or the platform (`Headers`) gives them. */
  headers: { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body as it came, before anything parses it. */
  body: string | Uint8Array;
}

/** What a call is verified with. */
export interface VerifyOptions {
  /** The TPV's signing secret (`whsec_…`). */
  secret: string;
  /** What time it is, in milliseconds. Default: the machine's clock. */
  now?: number;
}

/**
 * Whether a call of the TPV's URL (a button's `callback_url`) was signed by the hub with this secret within the last
 * five minutes. Answer 401 where it was not. A call may come twice: `webhook-id` tells, which is the same then.
 *
 * @example
 * if (!verifyCall({ headers: request.headers, body }, { secret: process.env.TPV_SIGNING_SECRET })) return response.writeHead(401).end();
 */
export function verifyCall(
  { headers, body }: ReceivedCall,
  { secret, now = systemClock.now() }: VerifyOptions,
): boolean {
  const id = headerOf(headers, 'webhook-id');
  const seconds = headerOf(headers, 'webhook-timestamp');
  const signatures = headerOf(headers, 'webhook-signature');
  const key = Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, 'base64');
  if (id === undefined || seconds === undefined || signatures === undefined || key.length === 0) return false;
  if (!/^\d{1,15}$/.test(seconds) || Math.abs(now - Number(seconds) * 1_000) > TOLERANCE_MS) return false;
  const expected = createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest();
  return signatures.split(' ').some((one) => {
    if (!one.startsWith('v1,')) return false;
    const given = Buffer.from(one.slice('v1,'.length), 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

function headerOf(headers: ReceivedCall['headers'], name: string): string | undefined {
  const value = typeof headers.get === 'function' ? headers.get(name) : Object(headers)[name];
  return typeof value === 'string' ? value : undefined;
}
