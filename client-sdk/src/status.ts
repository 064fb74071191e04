import type { HubClientError } from './errors.ts';

/** Where the client stands with the hub. */
export type ClientStatus =
  /** Not connected yet: nobody called `connect()`. */
  | { state: 'idle' }
  /** Dialing, or waiting for the hub's welcome. `attempt` counts from 1 since the client was last online. */
  | { state: 'connecting'; attempt: number }
  /** `draining`: the hub is about to close, and hands out nothing new. */
  | { state: 'online'; sessionId: string; tpv: { id: string; name: string }; since: Date; draining: boolean }
  /** Waiting to dial again. */
  | { state: 'offline'; nextTryAt: Date; error: HubClientError }
  /** The end: with an error where the hub ended it, without one after `close()`. */
  | { state: 'closed'; error?: HubClientError };
