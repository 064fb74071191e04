import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/** What is signed of a call. */
export interface SignedCall {
  /** The same for each call of one press, so that its receiver can tell a repetition. */
  id: string;
  /** When it is made, in seconds. */
  seconds: number;
  /** The body as it is sent, byte by byte. */
  body: string;
}

/**
 * The headers that let a TPV tell a call of the hub from any other (docs/security.md, S31), as
 * https://www.standardwebhooks.com has them. There is a signature for each secret, so that a rotation breaks nothing.
 * @param secrets `whsec_` and base64; without one there is nothing that a TPV could verify, and no header
 */
export function signatureHeaders(
  secrets: readonly string[],
  { id, seconds, body }: SignedCall,
): Record<string, string> {
  if (secrets.length === 0) return {};
  const content = `${id}.${seconds}.${body}`;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signatures.join(' ') };
}
