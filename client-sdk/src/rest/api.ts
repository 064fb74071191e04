import { checkedApiKey, hubUrl } from '../hub-url.ts';
import { type HubRequest, request } from './request.ts';
import {
  type RegisteredTpv,
  registeredTpvSchema,
  type TpvInfo,
  type TpvRegistration,
  type TpvStats,
  tpvInfoSchema,
  tpvStatsSchema,
} from './tpv.ts';

const DEFAULT_TIMEOUT_MS = 10_000;

export interface HubApiOptions {
  /** The hub's base: `http://HOST:8100`. */
  url: string;
  apiKey: string;
  /** For a whole call, in milliseconds. Default 10,000. */
  timeoutMs?: number;
}

export interface RegistrationOptions {
  /** The hub's base: `http://HOST:8100`. */
  url: string;
  /** Needed where the hub's `TPV_REGISTRATION` is `token`. */
  registrationToken?: string;
  /** For the whole call, in milliseconds. Default 10,000. */
  timeoutMs?: number;
}

/** Registers a TPV, and gets the API key that it will use from then on. Keep it: it is shown this once. */
export function registerTpv(options: RegistrationOptions, registration: TpvRegistration): Promise<RegisteredTpv> {
  const { url, registrationToken, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  return request({
    method: 'POST',
    url: hubUrl(url, 'api/tpv/register/'),
    headers: registrationToken === undefined ? {} : { 'x-registration-token': registrationToken },
    body: registration,
    answer: registeredTpvSchema,
    timeoutMs,
  });
}

/** What a TPV asks the hub outside its socket. Every call rejects with a `HubClientError`. */
export class HubApi {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #timeoutMs: number;

  /** Throws `invalid_options`. */
  constructor({ url, apiKey, timeoutMs = DEFAULT_TIMEOUT_MS }: HubApiOptions) {
    this.#url = hubUrl(url, '').href;
    this.#headers = { authorization: `ApiKey ${checkedApiKey(apiKey)}` };
    this.#timeoutMs = timeoutMs;
  }

  /** The TPV as the hub knows it; works also while it is inactive. */
  info(): Promise<TpvInfo> {
    return this.#get('api/tpv/info/', tpvInfoSchema);
  }

  /** Its people, instructions and push messages in numbers; works also while it is inactive. */
  stats(): Promise<TpvStats> {
    return this.#get('api/tpv/stats/', tpvStatsSchema);
  }

  #get<Answer>(path: string, answer: HubRequest<Answer>['answer']): Promise<Answer> {
    return request({
      method: 'GET',
      url: hubUrl(this.#url, path),
      headers: this.#headers,
      answer,
      timeoutMs: this.#timeoutMs,
    });
  }
}
