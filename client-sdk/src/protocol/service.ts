import { z } from 'zod';
import { fault, matching, type SchemaWords } from './faults.ts';

/** What a TPV can say of its service by itself; `closed` follows from its timetable. */
export const SETTABLE_SERVICE_STATES = ['open', 'busy', 'paused'] as const;
/** What a TPV’s service can be. */
export const SERVICE_STATES = ['open', 'busy', 'paused', 'closed'] as const;
/** What a TPV’s service can be. */
export type ServiceState = (typeof SERVICE_STATES)[number];
/** The days of a week in the order in which `Temporal` numbers them, from 1 on. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** The longest delay of a busy restaurant, in minutes. */
export const MOST_BUSY_MINUTES = 600;
/** Characters of the reason of a pause. */
export const MOST_REASON_LENGTH = 200;
/** Opening hours of one day. */
export const MOST_RANGES_A_DAY = 6;
/** Dates with hours of their own: the holidays and holiday weeks of some years. */
export const MOST_EXCEPTIONS = 200;

const opens = matching(/^([01]\d|2[0-3]):[0-5]\d$/, (say) => say.opensAt);
const closes = matching(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, (say) => say.closesAt);

/** From when to when; an end that is not after its start is on the next day. */
const hours = z.array(z.tuple([opens, closes])).max(MOST_RANGES_A_DAY);
const day = hours.default([]);

const zone = z
  .string()
  .max(64)
  .refine(
    isTimeZone,
    fault((say) => say.timeZone),
  );

/** When a restaurant is open. A day’s hours begin on that day, and may end on the next one. */
export const timetableSchema = z.strictObject({
  /** An IANA time zone. */
  zone,
  weekly: z.strictObject({ mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day }),
  /** Dates with hours of their own, such as holidays; `[]`: closed. */
  exceptions: z
    .array(
      z.strictObject({
        date: z.iso.date().refine(
          (date) => /^2[01]\d\d/.test(date),
          fault((say) => say.thisCentury),
        ),
        hours,
      }),
    )
    .max(MOST_EXCEPTIONS)
    .refine(
      (exceptions) => new Set(exceptions.map(({ date }) => date)).size === exceptions.length,
      fault((say) => say.dateTwice),
    )
    .default([]),
});
/** When a restaurant is open. */
export type Timetable = z.infer<typeof timetableSchema>;
/** Opening hours of one day: pairs such as `["20:00", "00:30"]`. */
export type Hours = z.infer<typeof hours>;

/**
 * What changes a TPV’s service, the same over REST and over the socket. What is absent stays; with a state, so are
 * all that belong to it given anew.
 */
export const serviceFields = {
  state: z.enum(SETTABLE_SERVICE_STATES).optional(),
  /** How long a person waits now, in minutes: of `busy`. */
  minutes: z.int().min(1).max(MOST_BUSY_MINUTES).nullish(),
  /** When it is open again by itself: of `busy` and `paused`. */
  until: z.iso.datetime({ offset: true }).nullish(),
  /** What people read: of `paused`. */
  reason: z
    .string()
    .max(MOST_REASON_LENGTH)
    .refine(
      (text) => !/\p{Surrogate}/u.test(text) && !text.includes('\0'),
      fault((say) => say.badCharacters),
    )
    .nullish(),
  /** Null: none, so that it is never closed. Its `zone` is the hub’s where it says none. */
  timetable: timetableSchema.extend({ zone: zone.optional() }).nullish(),
};

/** The fields that say something of a state, and of which one they do. */
const STATES_OF = { minutes: ['busy'], until: ['busy', 'paused'], reason: ['paused'] } as const;

/** What changes a TPV’s service. */
export const serviceChangeSchema = z.strictObject(serviceFields).superRefine(checkServiceChange);
/** What changes a TPV’s service. */
export type ServiceChange = z.infer<typeof serviceChangeSchema>;

/** What a schema can’t say of one field alone. */
export function checkServiceChange(
  change: { [F in keyof typeof serviceFields]?: z.infer<(typeof serviceFields)[F]> },
  context: z.RefinementCtx,
): void {
  const refuse = (path: string, says: (words: SchemaWords) => string) =>
    context.addIssue({ code: 'custom', path: [path], ...fault(says) });
  const { state } = change;
  if (state === undefined && change.timetable === undefined) refuse('state', (say) => say.stateOrTimetable);
  if (state === 'busy' && change.minutes == null) refuse('minutes', (say) => say.neededWith('busy'));
  for (const [field, states] of Object.entries(STATES_OF)) {
    const given = change[field as keyof typeof STATES_OF];
    if (given == null || (states as readonly (string | undefined)[]).includes(state)) continue;
    refuse(field, (say) => say.onlyWith(states));
  }
}

const timestamp = z.iso.datetime({ precision: 3 });

/** What a TPV’s service is now. */
export const serviceNowSchema = z.object({
  state: z.enum(SERVICE_STATES),
  /** How long a person waits, of `busy`. */
  minutes: z.int().nullable(),
  /** When `busy` or `paused` ends by itself. */
  until: timestamp.nullable(),
  /** Of `paused`. */
  reason: z.string().nullable(),
  /** Of `closed`: when it opens next; null: not within a year. */
  opens_at: timestamp.nullable(),
  /** Of `open` and `busy` with a timetable: when it closes next; null: not within a week. */
  closes_at: timestamp.nullable(),
});
/** What a TPV’s service is now. */
export type ServiceNow = z.infer<typeof serviceNowSchema>;

/** What a TPV’s service is now, and what was said of it. */
export const serviceSchema = serviceNowSchema.extend({
  /** What was set, whatever the timetable says. */
  set: serviceNowSchema.pick({ minutes: true, until: true, reason: true }).extend({
    state: z.enum(SETTABLE_SERVICE_STATES),
  }),
  timetable: timetableSchema.nullable(),
});
/** What a TPV’s service is now, and what was said of it. */
export type Service = z.infer<typeof serviceSchema>;

/** Whether this platform knows the time zone. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
