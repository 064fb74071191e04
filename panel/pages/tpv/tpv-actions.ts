import { html, useState } from 'htm/preact';
import type { TpvDetail } from '../../../src/admin/schemas/tpvs.ts';
import { useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.ts';
import { notify } from '../../components/toast.ts';
import { tpvWords as words } from '../../words/tpv.ts';
import { ApproveTpv } from '../tpvs/approve-tpv.ts';
import { Deactivation } from './deactivation.ts';
import { EditTpv } from './edit-tpv.ts';

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
  return html`
    <${Button} icon="edit" onClick=${() => setOpen('edit')}>${words.edit.open}<//>
    <${ApproveTpv} tpv=${tpv} />
    ${
      tpv.state === 'inactive'
        ? html`<${Button} kind="primary" busy=${activation.busy} onClick=${activate}>${words.activate}<//>`
        : null
    }
    ${
      tpv.state === 'active'
        ? html`<${Button} onClick=${() => setOpen('deactivate')}>${words.deactivate.open}<//>`
        : null
    }
    ${open === 'edit' ? html`<${EditTpv} tpv=${tpv} onClose=${close} onSaved=${reload} />` : null}
    ${open === 'deactivate' ? html`<${Deactivation} tpv=${tpv} onClose=${close} onDone=${reload} />` : null}
  `;
}
