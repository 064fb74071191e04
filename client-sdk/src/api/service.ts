import { isRecord, isText, isWhole, listOf, oneOf, orNull, shape } from '../wire/check.ts';
import { isServiceNow, type ServiceNow } from '../wire/service.ts';

/** Opening hours of one day: `[['13:00', '16:00'], ['20:00', '00:30']]`; an end that is not after its start is on the next day. */
export type Hours = [opens: string, closes: string][];

/** When a restaurant is open. */
export interface Timetable {
  /** An IANA time zone. Default: the hub's. */
  zone?: string;
  /** A day that is left out is closed. */
  weekly: { [Day in 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun']?: Hours };
  /** Dates with hours of their own, such as holidays; `[]`: closed. 200 at most. */
  exceptions?: { date: string; hours: Hours }[];
}

/** What `setService` changes. What is left out stays; a state is said with all that belongs to it. */
export interface ServiceChange {
  state?: 'open' | 'busy' | 'paused';
  /** How long a person waits now, of `busy`: 1 to 600. */
  minutes?: number | null;
  /** When `busy` or `paused` ends by itself: ISO 8601, a year ahead at most. */
  until?: string | null;
  /** Why it is `paused`, as people read it; 200 characters at most. */
  reason?: string | null;
  /** Null: none, so that it is never closed. */
  timetable?: Timetable | null;
}

/** What a TPV's service is now, and what was said of it. */
export interface Service extends ServiceNow {
  /** What was set, whatever the timetable says. */
  set: { state: 'open' | 'busy' | 'paused'; minutes: number | null; until: string | null; reason: string | null };
  timetable: Required<Timetable> | null;
}

const isHours = (value: unknown): value is Hours =>
  Array.isArray(value) && value.every((range) => Array.isArray(range) && range.length === 2 && range.every(isText));

const isTimetable = shape<Required<Timetable>>({
  zone: isText,
  weekly: (value): value is Timetable['weekly'] => isRecord(value) && Object.values(value).every(isHours),
  exceptions: listOf(shape<{ date: string; hours: Hours }>({ date: isText, hours: isHours })),
});

const isMore = shape<Pick<Service, 'set' | 'timetable'>>({
  set: shape<Service['set']>({
    state: oneOf('open', 'busy', 'paused'),
    minutes: orNull(isWhole),
    until: orNull(isText),
    reason: orNull(isText),
  }),
  timetable: orNull(isTimetable),
});

export const isService = (value: unknown): value is Service => isServiceNow(value) && isMore(value);
