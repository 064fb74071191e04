import type { HubClientError } from './errors.ts';

/** How instructions come: over the WebSocket, or by long polls over REST. */
export type Transport = 'websocket' | 'polling';

/** A session with the hub. */
export interface OnlineStatus {
  transport: Transport;
  /** The socket's session, as the hub's log names it; polling has none. */
  sessionId: string | undefined;
  tpv: { id: string; name: string };
  since: Date;
  /** The hub is about to close, and hands out nothing new. */
  draining: boolean;
}

/** Where the client stands with the hub. */
export type ClientStatus =
  /** Not connected yet: `connect()` was not called. */
  | { state: 'idle' }
  /** Dialing, or waiting for the hub's welcome. `attempt` counts from 1 since the client was last online. */
  | { state: 'connecting'; attempt: number; transport: Transport }
  | ({ state: 'online' } & OnlineStatus)
  /** Online, and after `pause()`: nothing is begun. */
  | ({ state: 'paused' } & OnlineStatus)
  /** Waiting to dial again. */
  | { state: 'offline'; nextTryAt: Date; error: HubClientError }
  /** The end: with an error where the hub ended it, without one after `close()`. */
  | { state: 'closed'; error?: HubClientError };

/** Hears of every change of `status`. */
export type StatusListener = (status: ClientStatus) => void;
