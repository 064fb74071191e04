import type { Cancel, Clock } from '../clock.ts';
import type { Logger } from '../log/log.ts';

/** Whoever is asked expects it this often. */
const INTERVAL_MS = 60_000;
/** Longer than any answer takes, and over before the next. */
const PATIENCE_MS = 10_000;

export interface OutsidePingPorts {
  url: string;
  clock: Clock;
  log: Logger;
  /** Why the hub can't work now; empty if it can. */
  problems(): Promise<readonly unknown[]>;
}

/**
 * Asks for a URL once a minute while the hub is ready, so that a service elsewhere notices when it no longer does: a
 * machine that is off can't raise an alarm itself. No redirect is followed, nothing of the answer is read, and only a
 * change of its success is logged, without the URL, which is a secret.
 * @returns ends it, with what is under way
 */
export function startOutsidePing({ url, clock, log, problems }: OutsidePingPorts): () => Promise<void> {
  const over = new AbortController();
  let failing = false;
  let underWay: Promise<void> | undefined;

  const ask = async (): Promise<string | undefined> => {
    const patience = new AbortController();
    const cancel: Cancel = clock.after(PATIENCE_MS, () => patience.abort());
    try {
      const signal = AbortSignal.any([over.signal, patience.signal]);
      const response = await fetch(url, { redirect: 'manual', signal });
      await response.body?.cancel();
      return response.ok ? undefined : `HTTP ${response.status}`;
    } catch (error) {
      if (patience.signal.aborted) return 'no answer within 10 s';
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      return cause instanceof Error ? ('code' in cause ? String(cause.code) : cause.name) : 'unknown';
    } finally {
      cancel();
    }
  };

  const ping = async () => {
    if ((await problems()).length > 0 || over.signal.aborted) return;
    const fault = await ask();
    if (over.signal.aborted || (fault !== undefined) === failing) return;
    failing = fault !== undefined;
    if (failing)
      log.warn({ fault }, 'ALARM_PING_URL could not be reached: check it; the hub goes on asking each minute');
    else log.info('ALARM_PING_URL answers again');
  };

  const cancel = clock.every(INTERVAL_MS, () => {
    underWay ??= ping()
      .catch((err) => log.error({ err }, 'asking for ALARM_PING_URL failed'))
      .finally(() => {
        underWay = undefined;
      });
  });
  return async () => {
    cancel();
    over.abort();
    await underWay;
  };
}
