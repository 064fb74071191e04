import type { FastifyInstance } from 'fastify';
import { HubError } from '../errors.ts';

export interface SecurityTxtOptions {
  publicUrl: string | undefined;
  /** A URI, such as `mailto:security@restaurant.example`. */
  contact: string | undefined;
  now(): number;
}

/** RFC 9116, section 2.5.5: less than a year, so that nobody believes what is out of date. */
const VALID_MS = 180 * 86_400_000;

/** Whom to tell of a weakness of this hub (RFC 9116); 404 unless the operator says both where it is and whom to tell. */
export async function securityTxt(
  app: FastifyInstance,
  { publicUrl, contact, now }: SecurityTxtOptions,
): Promise<void> {
  app.get('/.well-known/security.txt', { schema: { hide: true } }, async (_request, reply) => {
    if (publicUrl === undefined || contact === undefined) throw new HubError('not_found', 'No contact is configured.');
    const canonical = new URL('/.well-known/security.txt', publicUrl);
    const lines = [
      `Contact: ${contact}`,
      `Expires: ${new Date(now() + VALID_MS).toISOString()}`,
      'Preferred-Languages: es, en',
      // Section 2.5.2: a web address there is https.
      ...(canonical.protocol === 'https:' ? [`Canonical: ${canonical.href}`] : []),
    ];
    return reply.type('text/plain; charset=utf-8').send(`${lines.join('\n')}\n`);
  });
}
