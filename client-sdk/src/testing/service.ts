import type { Service, ServiceChange, Timetable } from '../api/service.ts';
import type { Clock } from '../clock.ts';
import type { ServiceNow } from '../wire/service.ts';
import { iso } from './new-instruction.ts';
import { Refusal } from './refusal.ts';

const OPEN: Service['set'] = { state: 'open', minutes: null, until: null, reason: null };
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const STATES_OF = { minutes: ['busy'], until: ['busy', 'paused'], reason: ['paused'] } as const;

/**
 * What the TPV said of its service. A state with an end goes back to `open` by itself; of a timetable it keeps what it
 * got, and is never closed by it.
 */
export class FakeService {
  readonly #clock: Clock;
  #set = OPEN;
  #timetable: Required<Timetable> | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
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
    if (state !== undefined) this.#set = { state, minutes, until: until && iso(Date.parse(until)), reason };
    if (timetable !== undefined) this.#timetable = timetable && complete(timetable);
    return this.all;
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
