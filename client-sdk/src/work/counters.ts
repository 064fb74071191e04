import type { Transport } from '../status.ts';

/** What a client has done since it was made, for the TPV's own metrics. */
export interface Counters {
  /** Instructions that came, each counted once however often it came. */
  readonly received: number;
  /** Handlers that returned. */
  readonly done: number;
  /** Handlers that threw. */
  readonly failed: number;
  /** Instructions that came again and were not run again. */
  readonly repeated: number;
  /** Times that it was online again after it had been offline. */
  readonly reconnects: number;
  /** What it is connected by now. */
  readonly transport: Transport | undefined;
}

/** Counters that can still count. */
export type Counting = { -readonly [Name in keyof Counters]: Counters[Name] };

export function noCounts(): Counting {
  return { received: 0, done: 0, failed: 0, repeated: 0, reconnects: 0, transport: undefined };
}
