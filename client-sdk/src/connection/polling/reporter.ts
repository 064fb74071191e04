import type { Cancel } from '../../clock.ts';
import { HubClientError } from '../../errors.ts';
import type { Settings } from '../../options.ts';
import type { HubFrameOf } from '../../wire/frames.ts';
import type { Report } from '../connection.ts';
import type { PollingCalls } from './calls.ts';

/** Reports under way at once. */
const AT_ONCE = 8;
/** After a report that got no answer. */
const AGAIN_AFTER_MS = 1_000;

/** Sends reports over REST, the newest per instruction, and again until the hub has answered. */
export class Reporter {
  readonly #settings: Settings;
  readonly #calls: PollingCalls;
  readonly #answered: (result: HubFrameOf<'result'>) => void;
  readonly #waiting = new Map<string, Report>();
  /** Two reports on one instruction must not overtake each other. */
  readonly #underWay = new Set<string>();
  #cancelPause: Cancel | undefined;

  constructor(settings: Settings, calls: PollingCalls, answered: (result: HubFrameOf<'result'>) => void) {
    this.#settings = settings;
    this.#calls = calls;
    this.#answered = answered;
  }

  put(frame: Report, signal: AbortSignal): void {
    this.#waiting.set(frame.id, frame);
    this.#fill(signal);
  }

  stop(): void {
    this.#waiting.clear();
    this.#cancelPause?.();
  }

  #fill(signal: AbortSignal): void {
    if (this.#cancelPause !== undefined) return;
    for (const frame of this.#waiting.values()) {
      if (this.#underWay.size >= AT_ONCE) return;
      if (this.#underWay.has(frame.id)) continue;
      this.#waiting.delete(frame.id);
      this.#underWay.add(frame.id);
      void this.#report(frame, signal);
    }
  }

  async #report(frame: Report, signal: AbortSignal): Promise<void> {
    const result = await this.#calls.report(frame, signal).then(
      () => resultOf(frame),
      (error) => resultOf(frame, error),
    );
    this.#underWay.delete(frame.id);
    if (signal.aborted) return;
    if (result !== undefined) this.#answered(result);
    else {
      // A newer one on the same instruction says all that this one did.
      if (!this.#waiting.has(frame.id)) this.#waiting.set(frame.id, frame);
      this.#cancelPause ??= this.#settings.clock.after(AGAIN_AFTER_MS, () => {
        this.#cancelPause = undefined;
        this.#fill(signal);
      });
    }
    this.#fill(signal);
  }
}

/** The frame with which a socket would have answered; undefined where the hub did not answer. */
function resultOf({ ref }: Report, error?: unknown): HubFrameOf<'result'> | undefined {
  if (error === undefined) return { type: 'result', ref, ok: true };
  if (!(error instanceof HubClientError)) return undefined;
  const { hubCode, httpStatus, message } = error;
  // Whatever else comes with 401, 5xx and the like is no word on the report; the next poll meets it as well.
  if (hubCode === undefined || httpStatus === undefined || httpStatus === 401 || httpStatus === 403) return undefined;
  if (httpStatus >= 500 || httpStatus === 429) return undefined;
  return { type: 'result', ref, ok: false, error: { code: hubCode, message } };
}
