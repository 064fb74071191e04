import { useState } from 'preact/hooks';
import type { TpvDetail } from '../../../src/admin/schemas/tpvs.ts';
import { useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { later } from '../../components/later.tsx';
import { notify } from '../../components/toast.tsx';
import { tpvWords as words } from '../../words/tpv.ts';
import { ApproveTpv } from '../tpvs/approve-tpv.tsx';
import { Deactivation } from './deactivation.tsx';

const EditTpv = later(async () => (await import('./edit-tpv.tsx')).EditTpv);

/** What is done to a TPV as a whole: edit it, let it in, stop it. */
export function TpvActions({ tpv, reload }: { tpv: TpvDetail; reload(): void }) {
  const [open, setOpen] = useState<'edit' | 'deactivate' | undefined>(undefined);
  const close = () => setOpen(undefined);
  const activation = useAction(async () => {
    await send('POST', `/api/admin/tpvs/${tpv.id}/activate`);
    notify(words.activated(tpv.name), 'good');
    reload();
  });
  const activate = async () => {
    if (!(await activation.run())) notify(words.notActivated(tpv.name), 'bad');
  };
  return (
    <>
      <Button icon="edit" onClick={() => setOpen('edit')}>
        {words.edit.open}
      </Button>
      <ApproveTpv tpv={tpv} />
      {tpv.state === 'inactive' ? (
        <Button kind="primary" busy={activation.busy} onClick={activate}>
          {words.activate}
        </Button>
      ) : null}
      {tpv.state === 'active' ? <Button onClick={() => setOpen('deactivate')}>{words.deactivate.open}</Button> : null}
      {open === 'edit' ? <EditTpv tpv={tpv} onClose={close} onSaved={reload} /> : null}
      {open === 'deactivate' ? <Deactivation tpv={tpv} onClose={close} onDone={reload} /> : null}
    </>
  );
}
