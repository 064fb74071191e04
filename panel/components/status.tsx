import type { VNode } from 'preact';
import type { TpvSummary } from '../../src/admin/schemas/tpvs.ts';
import { instructionStates, presence, pushStates, roles, tpvStates, transports } from '../words/states.ts';
import { Badge } from './badge.tsx';
import type { Tone } from './note.tsx';

const INSTRUCTION_TONES: Readonly<Record<keyof typeof instructionStates, Tone>> = {
  pending: 'warn',
  sent: 'info',
  delivered: 'info',
  processing: 'info',
  completed: 'good',
  failed: 'bad',
};

const PUSH_TONES: Readonly<Record<keyof typeof pushStates, Tone>> = {
  pending: 'plain',
  sending: 'info',
  sent: 'good',
  failed: 'bad',
  unknown: 'warn',
};

/** Whether a TPV takes part, and whether it is there. */
export function TpvStateBadge({ tpv }: { tpv: Pick<TpvSummary, 'state' | 'is_online' | 'transport'> }): VNode {
  if (tpv.state !== 'active') {
    return <Badge tone={tpv.state === 'awaiting' ? 'warn' : 'plain'}>{tpvStates[tpv.state]}</Badge>;
  }
  if (!tpv.is_online)
    return (
      <Badge tone="bad" dot>
        {presence.offline}
      </Badge>
    );
  const by = tpv.transport === null ? '' : ` · ${transports[tpv.transport]}`;
  return (
    <Badge tone="good" dot>
      {presence.online}
      {by}
    </Badge>
  );
}

/** Where an instruction is in its life. */
export function InstructionBadge({ status }: { status: keyof typeof instructionStates }): VNode {
  return <Badge tone={INSTRUCTION_TONES[status]}>{instructionStates[status]}</Badge>;
}

/** What became of a message. */
export function PushBadge({ status }: { status: keyof typeof pushStates }): VNode {
  return <Badge tone={PUSH_TONES[status]}>{pushStates[status]}</Badge>;
}

/** What an account may do. */
export function RoleBadge({ role }: { role: keyof typeof roles }): VNode {
  return <Badge tone={role === 'admin' ? 'info' : 'plain'}>{roles[role]}</Badge>;
}
