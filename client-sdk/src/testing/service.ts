import type { Service, ServiceChange, Timetable } from '../api/service.ts';
import type { Cancel, Clock } from '../clock.ts';
import type { ServiceNow } from '../wire/service.ts';
import { iso } from './new-instruction.ts';
import { Refusal } from './refusal.ts';

/** Node fires a longer timer at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const OPEN: Service['set'] = { state: 'open', minutes: null, until: null, reason: null };
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const STATES_OF = { minutes: ['busy'], until: ['busy', 'paused'], reason: ['paused'] } as const;

/**
 * What the TPV said of its service. A state with an end goes back to `open` by itself; of a timetable it keeps what it
 * got, and is never closed by it.
 */
export class FakeService {
  readonly #clock: Clock;
  readonly #told: (service: ServiceNow) => void;
  #cancelEnd: Cancel = () => {};
  #set = OPEN;
  #timetable: Required<Timetable> | null = null;

  /** @param told hears of every change */
  constructor(clock: Clock, told: (service: ServiceNow) => void) {
    this.#clock = clock;
    this.#told = told;
  }

  get now(): ServiceNow {
    return { ...this.#stillSet(), opens_at: null, closes_at: null };
  }

  get all(): Service {
    return { ...this.now, set: this.#stillSet(), timetable: structuredClone(this.#timetable) };
  }

  /** Takes a change; throws a `Refusal`. */
  change(fields: Record<string, unknown>): Service {
    // Checked as far as a TPV's own tests need it; the hub checks all of it.
    const { state, timetable, minutes = null, until = null, reason = null } = fields as ServiceChange;
    if (state === undefined && timetable === undefined) throw refused('state', 'indica «state» o «timetable»');
    if (state !== undefined && !['open', 'busy', 'paused'].includes(state)) throw refused('state', 'no es válido');
    if (state === 'busy' && minutes === null) throw refused('minutes', 'hace falta con «busy»');
    for (const [field, states] of Object.entries({ minutes, until, reason }).map(
      ([name, value]) => [name, value === null ? undefined : STATES_OF[name as keyof typeof STATES_OF]] as const,
    )) {
      if (states !== undefined && !states.some((one) => one === state)) throw refused(field, 'no va con ese estado');
    }
    if (until !== null && !(Date.parse(until) > this.#clock.now())) throw refused('until', 'ya ha pasado');
    if (timetable !== undefined) this.#timetable = timetable && complete(timetable);
    if (state !== undefined) this.#become({ state, minutes, until: until && iso(Date.parse(until)), reason });
    this.#told(this.now);
    return this.all;
  }

  close(): void {
    this.#cancelEnd();
  }

  #become(set: Service['set']): void {
    this.#set = set;
    this.#cancelEnd();
    const endsInMs = set.until === null ? Infinity : Date.parse(set.until) - this.#clock.now();
    if (endsInMs <= LONGEST_TIMER_MS) this.#cancelEnd = this.#clock.after(endsInMs, () => this.#told(this.now));
  }

  #stillSet(): Service['set'] {
    const { until } = this.#set;
    return until !== null && Date.parse(until) <= this.#clock.now() ? OPEN : { ...this.#set };
  }
}

function complete({ zone = 'Europe/Madrid', weekly, exceptions = [] }: Timetable): Required<Timetable> {
  return { zone, weekly: { ...Object.fromEntries(DAYS.map((day) => [day, []])), ...weekly }, exceptions };
}

function refused(path: string, message: string): Refusal {
  return new Refusal('invalid_request', { details: [{ path, message }] });
}
