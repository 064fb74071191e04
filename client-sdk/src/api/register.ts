import { systemClock } from '../clock.ts';
import { type Caller, callForJson, jsonBody } from '../http/request.ts';
import { hubUrl } from '../option-checks.ts';
import { DEFAULT_TIMEOUT_MS } from './api.ts';
import { isRegisteredTpv, type RegisteredTpv, type TpvRegistration } from './tpv.ts';

/** Where a TPV registers. */
export interface RegistrationOptions {
  /** The hub's base: `http://HOST:8100`. */
  url: string;
  /** Needed where the hub's `TPV_REGISTRATION` is `token`. */
  registrationToken?: string;
  /** How long the call may stand still, in milliseconds. Default 10,000. */
  timeoutMs?: number;
}

/**
 * Registers a TPV, and gets the API key that it will use from then on. Keep it: it is shown this once. It is tried
 * once: a second attempt might register a second TPV.
 */
export async function registerTpv(options: RegistrationOptions, registration: TpvRegistration): Promise<RegisteredTpv> {
  const { url, registrationToken, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const caller: Caller = {
    url: hubUrl(url, '').href,
    headers: registrationToken === undefined ? {} : { 'x-registration-token': registrationToken },
    timeoutMs,
    maxAttempts: 1,
    clock: systemClock,
    random: Math.random,
  };
  const call = { method: 'POST', path: 'api/tpv/register/', body: jsonBody(registration), repeatable: false } as const;
  return callForJson(caller, call, isRegisteredTpv);
}
