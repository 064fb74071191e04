import type { ReportableStatus, ServiceNow } from '#protocol';

/**
 * What happened. A transaction says it with `tx.emit`, once it is committed (db/tx.ts); the gateway, and who refuses a
 * message, say what no row holds. An event says "look again": the row is the truth, and a listener that missed an event finds the row at its
 * next sweep.
 */
export type HubEvent =
  /** A new row: handed out already, waiting for its TPV, or (null) for one that can take it. */
  | { type: 'instruction.stored'; id: string; tpvId: string | null; userId: number }
  /** The TPV has a pending instruction. */
  | { type: 'instruction.ready'; tpvId: string }
  /** The TPV reported, over either transport. */
  | {
      type: 'instruction.reported';
      id: string;
      tpvId: string;
      /** Whose instruction it is; nobody's is a test, which no figure counts. */
      userId: number;
      status: ReportableStatus;
      holder: string;
      /** How long the instruction has been there. */
      ageMs: number;
      /** At the first report: how long the instruction was there before. */
      waitedMs: number | undefined;
    }
  /** The TPV should stop working on it. */
  | { type: 'instruction.revoked'; id: string; tpvId: string; reason: RevokeReason }
  /** It ended without an answer. */
  | { type: 'instruction.unanswered'; id: string; tpvId: string | null; reason: UnansweredReason }
  /** A chat has a message to send; null: the hub itself says it. */
  | { type: 'push.queued'; chatId: number; tpvId: string | null }
  /** How a message fared with Telegram, for good. */
  | {
      type: 'push.settled';
      id: string;
      tpvId: string | null;
      status: 'sent' | 'failed' | 'unknown';
      idempotencyKey: string | null;
      attempts: number;
      /** From when it was queued. */
      ms: number;
    }
  /** An update came and was kept, or was there already (`duplicate`); `kind` is one of Telegram's, or `other`. */
  | {
      type: 'update.received';
      kind: string;
      outcome: 'instruction' | 'answered' | 'kept' | 'quarantined' | 'duplicate';
    }
  /** Somebody may be assigned now: a TPV was activated, or has room again. */
  | { type: 'tpv.available'; tpvId: string }
  /** The TPV is there, and was not. */
  | { type: 'tpv.online'; tpvId: string }
  /** The TPV is not there any more, since `since` (milliseconds); its row keeps that its persons are not told yet. */
  | { type: 'tpv.offline'; tpvId: string; since: number }
  /** A TPV's service was set, or changed by itself: a pause ended, the timetable opened or closed it. */
  | { type: 'tpv.service'; tpvId: string; service: ServiceNow }
  /** Two processes take the socket of one key from each other. */
  | { type: 'tpv.key_shared'; tpvId: string }
  /** A TPV was refused, as it has as much waiting as it may. */
  | { type: 'tpv.quota_reached'; tpvId: string }
  /** An administrator's session was ended before its time, by this process. */
  | { type: 'session.ended'; sessionId: string }
  /** A row was created or changed (feeds the live panel). */
  | { type: 'changed'; what: Changed; id: string };

/** What kind of row an administrator may be looking at. */
export const CHANGED = ['tpv', 'user', 'instruction', 'push', 'update', 'setting', 'account', 'audit'] as const;
export type Changed = (typeof CHANGED)[number];

export type RevokeReason = 'expired' | 'reassigned' | 'cancelled' | 'no_answer';
export type UnansweredReason = 'expired' | 'no_answer';

/** Where what happened is said. */
export type EventSink = Pick<Events, 'emit' | 'changed'>;
/** Where a listener hears it. */
export type EventSource = Pick<Events, 'on'>;

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

  /** Says that a row was created or changed; it costs next to nothing while no listener watches. */
  changed(what: Changed, id: string): void {
    if ((this.#listeners.get('changed')?.size ?? 0) > 0) this.emit({ type: 'changed', what, id });
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
