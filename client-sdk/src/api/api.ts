import { randomUUID } from 'node:crypto';
import { systemClock } from '../clock.ts';
import { HubClientError } from '../errors.ts';
import { type Caller, callForJson, callForNothing, jsonBody } from '../http/request.ts';
import { atLeastOne, checkedApiKey, hubUrl } from '../option-checks.ts';
import { download } from './download.ts';
import type { DownloadOptions, HubFile } from './file.ts';
import { multipartBody } from './multipart.ts';
import type { CallOptions, HubApiOptions, PushCallOptions } from './options.ts';
import {
  isPushResult,
  isPushState,
  MAX_UPLOAD_BYTES,
  type PushEdit,
  type PushMessage,
  type PushResult,
  type PushState,
  pushBody,
  pushRefusal,
} from './push.ts';
import { isService, type Service, type ServiceChange } from './service.ts';
import {
  type Heartbeat,
  isHeartbeat,
  isRotatedKey,
  isRotatedSecret,
  isTpvInfo,
  isTpvStats,
  type RotatedKey,
  type RotatedSecret,
  type TpvInfo,
  type TpvStats,
} from './tpv.ts';
import { isUsersPage, type TelegramUser, type UsersPage, type UsersQuery } from './user.ts';

export const DEFAULT_TIMEOUT_MS = 10_000;

/** The hub itself waits 10 s for Telegram before it answers `pending`. */
const PUSH_TIMEOUT_MS = 30_000;

const MAX_IDEMPOTENCY_KEY_LENGTH = 128;

/**
 * What a TPV asks the hub outside its instructions. Every call rejects with a `HubClientError`, which has the hub's
 * own code in `hubCode`. Calls that the contract allows twice are tried again where that may help (no answer, 429,
 * 5xx), after the hub's `Retry-After` and some jitter; every other call is made once.
 *
 * @example
 * const api = new HubApi({ url: 'http://localhost:8100', apiKey });
 * await api.push({ telegram_user_id: 123456789, text: '¡Tu pedido está listo! 🎉' });
 */
export class HubApi {
  readonly #caller: Caller;
  readonly #pushTimeoutMs: number;

  /** Throws `invalid_options`. */
  constructor({ url, apiKey, timeoutMs, maxAttempts = 4, clock = systemClock }: HubApiOptions) {
    this.#pushTimeoutMs = timeoutMs ?? PUSH_TIMEOUT_MS;
    this.#caller = {
      url: hubUrl(url, '').href,
      headers: { authorization: `ApiKey ${checkedApiKey(apiKey)}` },
      timeoutMs: atLeastOne('timeoutMs', timeoutMs ?? DEFAULT_TIMEOUT_MS),
      maxAttempts: atLeastOne('maxAttempts', maxAttempts),
      clock,
      random: Math.random,
    };
  }

  /**
   * Sends a message to one of this TPV's people. `pending` means that the hub keeps it and sends it later: it is not
   * to be pushed again. Rejects with `hubCode` `not_found` where the person is not this TPV's, `telegram_error` (a
   * `PushRefusedError`) where Telegram refused it for good, `idempotency_conflict` where the key was used for another message.
   */
  async push(message: PushMessage, options: PushCallOptions = {}): Promise<PushResult> {
    const { idempotencyKey = randomUUID(), signal } = options;
    const { fields, file } = pushBody(message);
    const upload = file && { ...file, maxBytes: MAX_UPLOAD_BYTES[file.name] };
    return callForJson(
      this.#caller,
      {
        method: 'POST',
        path: 'api/tpv/push/',
        headers: { 'idempotency-key': checkedKey(idempotencyKey) },
        body: upload === undefined ? jsonBody(fields) : multipartBody(fields, upload),
        repeatable: true,
        timeoutMs: this.#pushTimeoutMs,
        refusal: pushRefusal,
        signal,
      },
      isPushResult,
    );
  }

  /** Where a message stands. */
  pushState(pushMessageId: string, { signal }: CallOptions = {}): Promise<PushState> {
    return callForJson(
      this.#caller,
      { method: 'GET', path: pushPath(pushMessageId), repeatable: true, signal },
      isPushState,
    );
  }

  /**
   * Changes a message that was sent: its text, its buttons (`[]` removes them), or both. Where Telegram can't be reached
   * it is made later.
   */
  editPush(pushMessageId: string, edit: PushEdit, { signal }: CallOptions = {}): Promise<void> {
    return callForNothing(this.#caller, {
      method: 'PATCH',
      path: pushPath(pushMessageId),
      body: jsonBody(edit),
      repeatable: false,
      timeoutMs: this.#pushTimeoutMs,
      signal,
    });
  }

  /** Deletes a message in Telegram. */
  deletePush(pushMessageId: string, { signal }: CallOptions = {}): Promise<void> {
    return callForNothing(this.#caller, {
      method: 'DELETE',
      path: pushPath(pushMessageId),
      repeatable: false,
      timeoutMs: this.#pushTimeoutMs,
      signal,
    });
  }

  /** Sends a message again whose state is `unknown`: the person may get it twice, and this TPV decides that. */
  resendPush(pushMessageId: string, { signal }: CallOptions = {}): Promise<PushState> {
    return callForJson(
      this.#caller,
      {
        method: 'POST',
        path: `${pushPath(pushMessageId)}resend/`,
        repeatable: false,
        timeoutMs: this.#pushTimeoutMs,
        signal,
      },
      isPushState,
    );
  }

  /** One page of this TPV's people, by their Telegram ids. */
  users(query: UsersQuery = {}, { signal }: CallOptions = {}): Promise<UsersPage> {
    const { is_active, limit, after } = query;
    return callForJson(
      this.#caller,
      { method: 'GET', path: 'api/tpv/users/', query: { is_active, limit, after }, repeatable: true, signal },
      isUsersPage,
    );
  }

  /**
   * All of this TPV's people, page after page as they are read.
   *
   * @example
   * for await (const user of api.allUsers({ is_active: true })) console.log(user.first_name);
   */
  async *allUsers(query: UsersQuery = {}, options: CallOptions = {}): AsyncGenerator<TelegramUser, void, undefined> {
    for (let after = query.after; ; ) {
      const page = await this.users({ ...query, ...(after !== undefined && { after }) }, options);
      yield* page.users;
      // A page that leads back would be read for ever.
      if (page.next === null || page.next <= (after ?? 0)) return;
      after = page.next;
    }
  }

  /** The bytes of a file that one of this TPV's people sent: the `file_id` of an instruction's attachment. */
  file(fileId: string, options: DownloadOptions = {}): Promise<HubFile> {
    return download(this.#caller, fileId, options);
  }

  /** The TPV as the hub knows it; works also while it is inactive. */
  info({ signal }: CallOptions = {}): Promise<TpvInfo> {
    return callForJson(this.#caller, { method: 'GET', path: 'api/tpv/info/', repeatable: true, signal }, isTpvInfo);
  }

  /** Its people, instructions and push messages in numbers; works also while it is inactive. */
  stats({ signal }: CallOptions = {}): Promise<TpvStats> {
    return callForJson(this.#caller, { method: 'GET', path: 'api/tpv/stats/', repeatable: true, signal }, isTpvStats);
  }

  /** Whether the restaurant attends now, and its timetable; works also while the TPV is inactive. */
  service({ signal }: CallOptions = {}): Promise<Service> {
    return callForJson(this.#caller, { method: 'GET', path: 'api/tpv/service/', repeatable: true, signal }, isService);
  }

  /**
   * Says that the restaurant is `open`, `busy` or `paused`, and when it is open at all. Messages come in every state; it
   * decides what people read, and who gets new people.
   *
   * @example
   * await api.setService({ state: 'busy', minutes: 30, until: '2026-11-28T22:00:00Z' });
   */
  setService(change: ServiceChange, { signal }: CallOptions = {}): Promise<Service> {
    return callForJson(
      this.#caller,
      { method: 'PUT', path: 'api/tpv/service/', body: jsonBody(change), repeatable: true, signal },
      isService,
    );
  }

  /** Says that this TPV is alive. Not needed beside a `HubClient`: every call, and an open socket, say it too. */
  heartbeat({ version }: { version?: string } = {}, { signal }: CallOptions = {}): Promise<Heartbeat> {
    return callForJson(
      this.#caller,
      { method: 'POST', path: 'api/tpv/heartbeat/', body: jsonBody({ version }), repeatable: false, signal },
      isHeartbeat,
    );
  }

  /**
   * Gets a new API key; the one in use works for 24 h more. Store it before anything else: it is shown this once.
   * This object goes on with the old one.
   */
  rotateKey({ signal }: CallOptions = {}): Promise<RotatedKey> {
    return callForJson(
      this.#caller,
      { method: 'POST', path: 'api/tpv/key/rotate/', repeatable: false, signal },
      isRotatedKey,
    );
  }

  /** Gets a new secret for `verifyCall`; the hub signs with the one before, too, for 24 h. It is shown this once. */
  rotateSigningSecret({ signal }: CallOptions = {}): Promise<RotatedSecret> {
    return callForJson(
      this.#caller,
      { method: 'POST', path: 'api/tpv/signing-secret/rotate/', repeatable: false, signal },
      isRotatedSecret,
    );
  }
}

function pushPath(pushMessageId: string): string {
  return `api/tpv/push/${encodeURIComponent(pushMessageId)}/`;
}

function checkedKey(key: string): string {
  if (key.length <= MAX_IDEMPOTENCY_KEY_LENGTH && /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(key)) return key;
  throw new HubClientError('invalid_options', { detail: 'idempotencyKey: 1 to 128 characters of ASCII' });
}
