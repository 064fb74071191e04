import type { Service, ServiceNow as ServiceNowAnswer } from '#protocol';
import type { StoredService } from '../../db/schema.ts';
import { isoTime } from '../../iso-time.ts';
import { type ServiceNow, serviceNow, stillSet } from './service.ts';
import { type ServiceColumn, serviceOf } from './service-column.ts';

/** What a TPV's service is, as REST and the socket say it. */
export function serviceNowAnswer({ state, minutes, until, reason, opensAt, closesAt }: ServiceNow): ServiceNowAnswer {
  return {
    state,
    minutes: minutes ?? null,
    until: timeOrNull(until),
    reason: reason ?? null,
    opens_at: timeOrNull(opensAt),
    closes_at: timeOrNull(closesAt),
  };
}

/** The same, of a TPV's row. */
export function serviceAnswerOf(tpv: { service: ServiceColumn }, now: number): ServiceNowAnswer {
  return serviceNowAnswer(serviceOf(tpv, now));
}

/** The same, with what was said of it. */
export function serviceAnswer(stored: StoredService, now: number): Service {
  const { state, minutes, until, reason } = stillSet(stored, now);
  return {
    ...serviceNowAnswer(serviceNow(stored, now)),
    set: { state, minutes: minutes ?? null, until: timeOrNull(until), reason: reason ?? null },
    timetable: stored.timetable ?? null,
  };
}

function timeOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : isoTime(ms);
}
