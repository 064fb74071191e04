/**
 * A button under a message. `action`: the press reaches this TPV as an instruction `process_callback`; `url`: opens it;
 * `callback_url`: the hub calls it.
 */
export type Button =
  | {
      text: string;
      action: string;
      /** Any JSON up to 4 KiB; it comes back with the press. */
      data?: unknown;
    }
  | { text: string; url: string }
  | { text: string; callback_url: string };
