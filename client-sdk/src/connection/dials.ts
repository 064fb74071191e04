import type { Clock } from '../clock.ts';
import { HubClientError } from '../errors.ts';
import { CloseCode } from '../protocol/codes.ts';
import { type Ending, isStripped, type Verdict } from './ending.ts';

/** After so many dials without a welcome the client polls. */
const DIALS_BEFORE_POLLING = 3;
/** A dial that got lost on the way may still reach the hub within this time. */
const LOST_DIAL_MS = 60_000;

/** The sockets that brought no welcome, and what follows from them. */
export class Dials {
  readonly #clock: Clock;
  /** In a row. */
  #failed = 0;
  #lostAt: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  welcomed(): void {
    this.#failed = 0;
  }

  /** A socket ended before its welcome. */
  failed(ending: Ending): void {
    this.#failed = Math.max(this.#failed + 1, isStripped(ending) ? DIALS_BEFORE_POLLING : 0);
    if (mayHaveArrived(ending)) this.#lostAt = this.#clock.now();
  }

  /** Whether polling is worth a try after a failed dial that `verdict` is about. */
  suggestPolling({ atLeastMs, error }: Extract<Verdict, { redial: true }>): boolean {
    // A hub that asks for a wait is there, and would say the same to a poll.
    const busy = atLeastMs > 0 || error.httpStatus === 429 || error.httpStatus === 503;
    return this.#failed >= DIALS_BEFORE_POLLING && !busy;
  }

  /**
   * A dial that was given up here may arrive at the hub all the same, late, as the newest: it then replaces the socket
   * that was dialed after it. That is no second process with the same key, and no reason to stop.
   */
  replacedByOwnDial(ending: Ending): Verdict | undefined {
    if (ending.kind !== 'closed' || ending.code !== CloseCode.Replaced) return undefined;
    const lostAt = this.#lostAt;
    this.#lostAt = undefined;
    if (lostAt === undefined || this.#clock.now() - lostAt > LOST_DIAL_MS) return undefined;
    const error = new HubClientError('disconnected', {
      closeCode: ending.code,
      detail: "replaced by this client's own earlier dial",
    });
    return { redial: true, error, atLeastMs: 0 };
  }
}

/** Whether the hub may have got the upgrade of a dial that got no answer. */
function mayHaveArrived(ending: Ending): boolean {
  if (ending.kind === 'refused') return false;
  if (ending.kind === 'closed') return true;
  const { cause } = ending.error;
  return !(cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED');
}
