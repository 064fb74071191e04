import type { FastifyRequest } from 'fastify';
import { HubError } from '../errors.ts';
import { sameSecret } from '../same-secret.ts';

type RegistrationMode = 'approval' | 'token' | 'open' | 'closed';

/** Who may register a TPV. */
export interface Admission {
  registration: RegistrationMode;
  registrationToken: string | undefined;
}

/**
 * @returns whether the TPV that registers is active at once
 * @throws HubError `registration_closed` if it may not register at all
 */
export function admit(request: FastifyRequest, { registration, registrationToken }: Admission): boolean {
  switch (registration) {
    case 'open':
      return true;
    case 'approval':
      return false;
    case 'token': {
      const given = request.headers['x-registration-token'];
      const valid =
        typeof given === 'string' && registrationToken !== undefined && sameSecret(given, registrationToken);
      if (!valid) throw new HubError('registration_closed', 'The registration token is missing or wrong.');
      return true;
    }
    case 'closed':
      throw new HubError('registration_closed', 'Registration is closed.');
    default:
      return registration satisfies never;
  }
}

/** The answer to an address that registers too often. */
export function tooManyRegistrations(_request: FastifyRequest, context: { ttl: number }): HubError {
  return new HubError('too_many_requests', 'Too many registrations from this address.', {
    retryAfterSeconds: Math.ceil(context.ttl / 1_000),
  });
}
