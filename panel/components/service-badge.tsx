import type { VNode } from 'preact';
import type { TpvServiceNow } from '../../src/admin/schemas/service.ts';
import { number, soon } from '../format.ts';
import { serviceStates, serviceWords as words } from '../words/service.ts';
import { Badge } from './badge.tsx';
import type { Tone } from './note.tsx';

const TONES: Readonly<Record<TpvServiceNow['state'], Tone>> = {
  open: 'good',
  busy: 'warn',
  paused: 'warn',
  closed: 'plain',
};

/** Whether a restaurant attends now, and until when. */
export function ServiceBadge({ service }: { service: TpvServiceNow }): VNode {
  const more = detail(service);
  return (
    <Badge tone={TONES[service.state]}>
      {serviceStates[service.state]}
      {more === undefined ? null : ` · ${more}`}
    </Badge>
  );
}

function detail({ state, minutes, until, opens_at: opens, closes_at: closes }: TpvServiceNow): string | undefined {
  switch (state) {
    case 'open':
      return closes === null ? undefined : words.closes(soon(closes));
    case 'busy':
      return minutes === null ? undefined : words.minutes(number(minutes));
    case 'paused':
      return until === null ? undefined : words.until(soon(until));
    case 'closed':
      return opens === null ? words.unknown : words.opens(soon(opens));
    default:
      return state satisfies never;
  }
}
