/** Takes a TPV's instructions while it is connected; the gateway's sessions are sinks. */
export interface Sink {
  /** Names the holder in the rows. */
  readonly id: string;
  readonly tpvId: string;
  /** How many may be out and not yet reported on; the TPV may change it at any time, 0 pauses. */
  readonly maxInFlight: number;
  /** Whether too much is waiting to be read by the other side. */
  readonly congested: boolean;
  /** @param instruction the instruction as JSON text */
  deliver(instruction: string): void;
  revoke(id: string, reason: string): void;
}
