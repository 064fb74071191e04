import { HubClientError, type HubClientErrorCode } from '../errors.ts';
import { CloseCode, mayReconnect } from '../protocol/codes.ts';

/** How a connection came to its end. */
export type Ending =
  /** The socket was closed, by the hub or by a cut (1006). */
  | { kind: 'closed'; code: number; reason: string }
  /** The hub answered the upgrade with HTTP. */
  | { kind: 'refused'; error: HubClientError }
  /** No answer came, or nothing more after some time. */
  | { kind: 'failed'; error: HubClientError };

/** What the client does then. */
export type Verdict =
  | { redial: true; error: HubClientError; atLeastMs: number }
  | { redial: false; error: HubClientError };

const STOPS: ReadonlyMap<number, HubClientErrorCode> = new Map<number, HubClientErrorCode>([
  [CloseCode.Unauthorized, 'unauthorized'],
  [CloseCode.Replaced, 'replaced'],
  [CloseCode.ProtocolError, 'protocol_error'],
  [CloseCode.TpvInactive, 'tpv_inactive'],
]);

/** Decides whether a client dials again after `ending`; `atLeastMs` is the wait that the hub asked for. */
export function judge(ending: Ending): Verdict {
  switch (ending.kind) {
    case 'closed': {
      const { code: closeCode, reason } = ending;
      const options = { closeCode, detail: reason === '' ? `${closeCode}` : `${closeCode} ${reason}` };
      if (mayReconnect(closeCode)) {
        return { redial: true, error: new HubClientError('disconnected', options), atLeastMs: 0 };
      }
      return { redial: false, error: new HubClientError(STOPS.get(closeCode) ?? 'stopped', options) };
    }
    case 'refused': {
      const { error } = ending;
      // The hub's own word on the key: dialing again can't mend it, and would only fill the hub's log.
      if (isHubsWord(error) && (error.httpStatus === 401 || error.httpStatus === 403)) return { redial: false, error };
      return { redial: true, error, atLeastMs: error.retryAfterMs ?? 0 };
    }
    case 'failed':
      return { redial: true, error: ending.error, atLeastMs: 0 };
    default:
      return ending satisfies never;
  }
}

/** Whether the hub itself refused: it says why in a code. */
function isHubsWord({ code }: HubClientError): boolean {
  return code !== 'unreachable';
}

/** Statuses that a hub gives to an upgrade for reasons of its own; a proxy that can't pass one on gives others. */
const HUBS_OWN_STATUSES: readonly number[] = [401, 403, 429];

/** Whether something between here and the hub does not let the upgrade through: dialing again would not help. */
export function isStripped(ending: Ending): boolean {
  if (ending.kind !== 'refused') return false;
  const { httpStatus: status } = ending.error;
  if (status === undefined || (isHubsWord(ending.error) && HUBS_OWN_STATUSES.includes(status))) return false;
  return status < 500 || status === 501 || status === 502;
}
