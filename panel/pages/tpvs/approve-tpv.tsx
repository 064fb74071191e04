import type { TpvSummary } from '../../../src/admin/schemas/tpvs.ts';
import { useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { notify } from '../../components/toast.tsx';
import { canChange } from '../../session.ts';
import { tpvsWords as words } from '../../words/tpvs.ts';

export interface ApproveTpvProps {
  tpv: Pick<TpvSummary, 'id' | 'name' | 'state'>;
  size?: 'small';
}

/** Lets a TPV in that registered by itself; nothing for any other, or for who may not. */
export function ApproveTpv({ tpv, size }: ApproveTpvProps) {
  const approval = useAction(async () => {
    await send('POST', `/api/admin/tpvs/${tpv.id}/activate`);
    notify(words.approved(tpv.name), 'good');
  });
  const approve = async () => {
    const worked = await approval.run();
    if (!worked) notify(words.notApproved(tpv.name), 'bad');
  };
  if (tpv.state !== 'awaiting' || !canChange.value) return null;
  return (
    <Button
      kind="primary"
      size={size}
      icon="check"
      busy={approval.busy}
      label={words.approveLabel(tpv.name)}
      onClick={approve}
    >
      {words.approve}
    </Button>
  );
}
