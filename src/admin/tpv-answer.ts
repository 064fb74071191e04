import type { z } from 'zod';
import { isoTime } from '../iso-time.ts';
import type { Presence } from '../tpvs/presence/presence.ts';
import type { Transport } from '../tpvs/presence/rule.ts';
import { serviceAnswerOf } from '../tpvs/service/service-answer.ts';
import { type ListedTpv, stateOf } from '../tpvs/tpv-list.ts';
import type { TpvSummary, tpvDetail } from './schemas/tpvs.ts';

/** A time that may be none, as answers write it. */
export function isoOrNull(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : isoTime(ms);
}

/** The TPV that a row names, if it names one. */
export function namedTpv(id: string | null, name: string | null): { id: string; name: string } | null {
  return id === null ? null : { id, name: name ?? '' };
}

/** A TPV that is online over no socket polls, also where its row is older than what says so. */
function transportName(transport: Transport | null, isOnline: boolean): TpvSummary['transport'] {
  if (transport === 'socket') return 'socket';
  return transport === 'rest' || isOnline ? 'poll' : null;
}

/** A TPV as lists show it. */
export function tpvSummaryOf(tpv: ListedTpv, presence: Presence, backlog: number, now: number): TpvSummary {
  const isOnline = presence.isOnline(tpv);
  return {
    id: tpv.id,
    name: tpv.name,
    endpoint_url: tpv.endpoint_url,
    state: stateOf(tpv),
    is_online: isOnline,
    transport: transportName(presence.transportOf(tpv), isOnline),
    presence_since: isoOrNull(presence.since(tpv)),
    max_users: tpv.max_users,
    user_count: tpv.user_count,
    backlog,
    last_heartbeat: isoOrNull(presence.lastHeartbeat(tpv)),
    version: tpv.version,
    created_at: isoTime(tpv.created_at),
    join_code: tpv.join_code,
    service: serviceAnswerOf(tpv, now),
  };
}

interface KeyRow {
  id: string;
  prefix: string;
  created_at: number;
  valid_until: number | null;
  last_used_at: number | null;
}

/** A key without what it opens. */
export function keyAnswerOf(key: KeyRow): z.infer<typeof tpvDetail>['keys'][number] {
  return {
    id: key.id,
    prefix: key.prefix,
    created_at: isoTime(key.created_at),
    valid_until: isoOrNull(key.valid_until),
    last_used_at: isoOrNull(key.last_used_at),
  };
}
