import type { InstructionStatus } from '#protocol';

/**
 * What happened, after it was committed. An event says "look again"; the row is the truth, and whoever misses an
 * event finds it at the next sweep.
 */
export type HubEvent =
  /** The TPV has a pending instruction. */
  | { type: 'instruction.ready'; tpvId: string }
  /** The TPV reported, over either transport. */
  | { type: 'instruction.reported'; id: string; tpvId: string; status: InstructionStatus; holder: string }
  /** The TPV should stop working on it. */
  | { type: 'instruction.revoked'; id: string; tpvId: string; reason: RevokeReason }
  /** It ended without an answer; the person is to be told. */
  | {
      type: 'instruction.unanswered';
      id: string;
      command: string;
      telegramUserId: number;
      reason: UnansweredReason;
    }
  /** Somebody may be assigned now: a TPV was activated, or has room again. */
  | { type: 'tpv.available'; tpvId: string }
  /** Two processes take the socket of one key from each other. */
  | { type: 'tpv.key_shared'; tpvId: string };

export type RevokeReason = 'expired' | 'reassigned' | 'cancelled' | 'no_answer';
export type UnansweredReason = 'expired' | 'no_answer';

export type EventOf<T extends HubEvent['type']> = Extract<HubEvent, { type: T }>;

/** Tells every listener of an event's type, in the order in which they came. */
export class Events {
  readonly #listeners = new Map<HubEvent['type'], Set<(event: HubEvent) => void>>();
  readonly #onFault: (error: unknown, event: HubEvent) => void;

  /** @param onFault gets what a listener throws, so that one never keeps an event from the others */
  constructor(onFault: (error: unknown, event: HubEvent) => void) {
    this.#onFault = onFault;
  }

  emit(event: HubEvent): void {
    for (const listener of this.#listeners.get(event.type) ?? []) {
      try {
        listener(event);
      } catch (error) {
        this.#onFault(error, event);
      }
    }
  }

  /** Listens; call what it returns to stop. */
  on<T extends HubEvent['type']>(type: T, listener: (event: EventOf<T>) => void): () => void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners);
    // Only events of this type are looked up by it.
    const typed = listener as (event: HubEvent) => void;
    listeners.add(typed);
    return () => listeners.delete(typed);
  }
}
