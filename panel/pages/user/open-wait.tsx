import { at } from '../../address.ts';
import { useResource } from '../../resource.ts';
import { Waiting } from '../instruction/waiting.tsx';

/** Why a person's latest open message waits. */
export function OpenWait({ instructionId, tpvId }: { instructionId: string; tpvId: string | undefined }) {
  const { value } = useResource(at('/api/admin/instructions/:id', { id: instructionId }), {
    kinds: ['instruction', 'tpv'],
    ids: tpvId === undefined ? [instructionId] : [instructionId, tpvId],
  });
  return value?.waits ? <Waiting instruction={value} waits={value.waits} /> : null;
}
