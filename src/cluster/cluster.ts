import type { Cancel } from '../clock.ts';
import type { Hint, HintKind, HintOf } from './hints.ts';
import type { Fenced } from './observer.ts';

/** What one hub does for all: `chores` are the timers over the whole database, `telegram` is all that one bot has once. */
export const LEASES = ['chores', 'telegram'] as const;
export type Lease = (typeof LEASES)[number];

/** This process among the hubs of its database. */
export interface Cluster {
  /** Whether other hubs may share the database. */
  readonly isShared: boolean;
  /** A hub that says nothing for so long counts as dead; 0 where this one is alone. */
  readonly leaseMs: number;
  /** So long it goes on as before once it says that it ends; 0 where this one is alone. */
  readonly noticeMs: number;
  /** Names this process in the rows; another one after it was taken for dead. */
  readonly id: string;
  /** Whether it may act: hand out, claim, send, accept. */
  isAlive(): boolean;
  /** Whether hubs that said nothing may be taken for dead now: they had as long to say it as this one. */
  readonly mayBury: boolean;
  /** In which term this hub leads; undefined: another one does, or none. */
  term(lease: Lease): number | undefined;
  /** Calls `fn` whenever this hub begins to lead. */
  onLead(lease: Lease, fn: () => void): Cancel;
  /** Tells the other hubs, in a moment, without a word on whether they heard it. */
  tell(hint: Hint): void;
  /** Hears what other hubs tell. */
  on<K extends HintKind>(kind: K, fn: (hint: HintOf<K>) => void): Cancel;
  /** Calls `fn` where hints may have been lost: look at everything. */
  onGap(fn: () => void): Cancel;
  /** Calls `fn` when the others take this hub for dead, or may: what its sockets hold is not theirs any more. */
  onBuried(fn: () => void): Cancel;
  /** Counts a statement that wrote nothing, as another hub has the right, or was quicker. */
  fenced(what: Fenced): void;
  /** Leads nothing from now on: another hub does at once. */
  resign(): Promise<void>;
  /** Leaves, once its sockets are closed. */
  close(): Promise<void>;
}

const never: Cancel = () => {};

/** The one hub of its database: it leads everything, and there is nobody to tell. */
export const SOLO: Cluster = Object.freeze<Cluster>({
  isShared: false,
  leaseMs: 0,
  noticeMs: 0,
  id: 'solo',
  isAlive: () => true,
  mayBury: false,
  term: () => 1,
  onLead(_lease: Lease, fn: () => void) {
    fn();
    return never;
  },
  tell() {},
  on: () => never,
  onGap: () => never,
  onBuried: () => never,
  fenced() {},
  async resign() {},
  async close() {},
});
