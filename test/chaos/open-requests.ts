import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

/** Requests that this process made by `node:http` and that are not over: those of a hub, and of the emulator's webhook. */
export interface OpenRequests {
  readonly open: number;
  /** How many began or ended so far. */
  readonly seen: number;
  end(): void;
}

const CREATED = 'http.client.request.created';

/** Counts from now on. What the platform's `fetch` asks is not among them. */
export function openRequests(): OpenRequests {
  let [open, seen] = [0, 0];
  const created = (message: unknown) => {
    // As Node documents this channel.
    const { request } = message as { request: ClientRequest };
    open++;
    seen++;
    request.once('close', () => {
      open--;
      seen++;
    });
  };
  subscribe(CREATED, created);
  return {
    get open() {
      return open;
    },
    get seen() {
      return seen;
    },
    end: () => void unsubscribe(CREATED, created),
  };
}
