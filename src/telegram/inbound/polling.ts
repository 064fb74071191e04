import { type Api, HttpError, type RawApi } from 'grammy';
import { type Clock, pause } from '../../clock.ts';
import { HubError } from '../../errors.ts';
import type { Logger } from '../../log/log.ts';
import { grammySignal, telegramFault } from '../outbound/api.ts';
import { ForeignAnswer } from '../outbound/request.ts';
import { PollingState, type PollingTrouble } from './polling-trouble.ts';
import { updateIdOf } from './receive.ts';
import { ALLOWED_UPDATES } from './update.ts';

export interface PollingPorts {
  api: Api<RawApi>;
  clock: Clock;
  log: Logger;
  receive(raw: Buffer): Promise<unknown>;
  /** Whether this hub is the one that asks. */
  leads(): boolean;
}

/** How long Telegram may hold a request open, in seconds; below the client's own timeout. */
const HOLD_SECONDS = 8;
const LONGEST_WAIT_MS = 30_000;
const LEADS_LOOK_MS = 250;

export interface Polling {
  /** Why no updates come; undefined while they do. */
  trouble(): PollingTrouble | undefined;
  /** Resolves when the loop has ended. */
  stop(): Promise<void>;
}

/**
 * Fetches updates, for a hub without a public address. An update is confirmed (by the next offset) only after it was
 * committed, so a crash in between makes Telegram send it again.
 */
export function startPolling(ports: PollingPorts): Polling {
  const ended = new AbortController();
  const state = new PollingState(ports.clock);
  const loop = run(ports, state, ended.signal);
  return {
    trouble: () => state.trouble(),
    async stop() {
      ended.abort();
      await loop;
    },
  };
}

async function run(
  { api, clock, log, receive, leads }: PollingPorts,
  state: PollingState,
  signal: AbortSignal,
): Promise<void> {
  const cut = grammySignal(signal);
  let offset: number | undefined;
  let wait = 1_000;
  let ready = false;
  while (!signal.aborted) {
    if (!leads()) {
      // Another hub confirms what it got: an offset of before would ask for that again.
      offset = undefined;
      ready = false;
      await pause(clock, LEADS_LOOK_MS, signal);
      continue;
    }
    try {
      if (!ready) {
        // getUpdates is refused while a webhook is set.
        await api.deleteWebhook({}, cut);
        ready = true;
      }
      const updates = await api.getUpdates(
        { ...(offset === undefined ? {} : { offset }), timeout: HOLD_SECONDS, allowed_updates: ALLOWED_UPDATES },
        cut,
      );
      // First: without an offset, Telegram would send the same updates again at once, for ever.
      const next = nextOffset(updates, offset);
      state.succeeded();
      // All are asked for in one turn, so they share a commit and keep their order.
      await Promise.all(updates.map((update) => receive(Buffer.from(JSON.stringify(update)))));
      offset = next;
      wait = 1_000;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof HubError) {
        log.warn({ fault: error.code }, 'updates could not be stored; asking for them again');
      } else {
        state.failed(error);
        log.warn({ fault: telegramFault(error) }, 'updates could not be fetched; trying again');
      }
      ready = false;
      await pause(clock, wait, signal);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }
}

/**
 * The offset that confirms these updates.
 * @param before the offset so far, which stays if there are none
 * @throws HttpError if they are no updates: another program answers in Telegram's place
 */
function nextOffset(updates: unknown, before: number | undefined): number | undefined {
  const list: unknown[] | undefined = Array.isArray(updates) ? updates : undefined;
  if (list?.length === 0) return before;
  const ids = list?.map(updateIdOf).filter((id) => id !== null) ?? [];
  if (ids.length === 0) throw new HttpError('These are no updates.', new ForeignAnswer(200, undefined));
  return Math.max(...ids) + 1;
}
