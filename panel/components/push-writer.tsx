import type { PushSummary } from '../../src/admin/schemas/pushes.ts';
import { pushesWords as words } from '../words/pushes.ts';
import { TpvLink } from './tpv-link.tsx';

/** Who wrote a message to a person: a TPV, an operator of the panel by name, or the hub. */
export function PushWriter({ push }: { push: Pick<PushSummary, 'tpv' | 'writer' | 'operator'> }) {
  const none = push.writer === 'operator' ? (push.operator ?? words.operator) : words.hub;
  return <TpvLink tpv={push.tpv} none={none} />;
}
