import type { Outcome } from '../memory/memory.ts';
import type { ReportableStatus } from '../protocol/lifecycle.ts';
import type { Transport } from '../status.ts';
import type { FlowFrame, HubFrame } from '../wire/frames.ts';
import type { Ending } from './ending.ts';

/** What the hub says, over whatever transport, when a session begins. */
export interface Session {
  transport: Transport;
  /** The hub's name for it; polling has none. */
  id: string | undefined;
  tpv: { id: string; name: string };
  /** The hub's limit of unreported instructions, until a `flow` frame says otherwise. */
  maxInFlight: number;
}

/** A frame that may come within a session. */
export type SessionFrame = Exclude<HubFrame, { type: 'welcome' }>;

/** A report as a connection takes it: over a socket it becomes an `update` frame, over REST a body. */
export interface Report {
  type: 'report';
  ref: string;
  id: string;
  status: ReportableStatus;
  /** How it ended; absent while it goes on. */
  outcome: Outcome | undefined;
}

/** What a connection takes. */
export type Outgoing = Report | FlowFrame;

/** What a connection tells its owner: `welcomed` at most once and first, `ended` exactly once and last. */
export interface ConnectionEvents {
  welcomed(session: Session): void;
  received(frame: SessionFrame): void;
  ended(ending: Ending): void;
}

/** A way to the hub, from dial to end; it is never used again. A socket is one, and so are polls that speak its frames. */
export interface Connection {
  /** Whether the frame was taken; `false` before the welcome, after the end, or when it is clogged. */
  send(frame: Outgoing): boolean;
  /** Ends it; after this it tells nothing more. Resolves within 2 s. */
  close(): Promise<void>;
}
