import type { Logger } from '../log/log.ts';
import type { ErasureNotes } from './erasure-notes.ts';

/** A timer tries again each second; an operator reads of it this often. */
const SAID_AGAIN_MS = 60_000;

/** The same notes; the log tells that erasures wait for them, at most once a minute, and that they go on. */
export function watchedNotes(
  notes: ErasureNotes,
  { log, now }: { log: Pick<Logger, 'error' | 'info'>; now(): number },
): ErasureNotes {
  let saidAt: number | undefined;
  let isFailing = false;
  return {
    ...notes,
    async note(erasure) {
      try {
        await notes.note(erasure);
      } catch (err) {
        const at = now();
        if (saidAt === undefined || Math.abs(at - saidAt) >= SAID_AGAIN_MS) {
          saidAt = at;
          isFailing = true;
          log.error({ err }, 'erasures can not be noted, and wait; they are tried again');
        }
        throw err;
      }
      if (isFailing) log.info('erasures are noted again');
      isFailing = false;
    },
  };
}
