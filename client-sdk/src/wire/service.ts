import { isText, isWhole, oneOf, orNull, shape } from './check.ts';
import { isTimestamp } from './instruction.ts';

/** What a TPV's service is now. */
export interface ServiceNow {
  /** `closed` follows from the timetable. */
  state: 'open' | 'busy' | 'paused' | 'closed';
  /** How long a person waits, of `busy`. */
  minutes: number | null;
  /** When `busy` or `paused` ends by itself. */
  until: string | null;
  /** Why it is `paused`. */
  reason: string | null;
  /** Of `closed`: when it opens next; null: not within a year. */
  opens_at: string | null;
  /** Of `open` and `busy` with a timetable: when it closes next; null: not within a week. */
  closes_at: string | null;
}

export const isServiceNow = shape<ServiceNow>({
  state: oneOf('open', 'busy', 'paused', 'closed'),
  minutes: orNull(isWhole),
  until: orNull(isTimestamp),
  reason: orNull(isText),
  opens_at: orNull(isTimestamp),
  closes_at: orNull(isTimestamp),
});
