import { useState } from 'preact/hooks';
import type { TpvDetail, TpvEdit } from '../../../src/admin/schemas/tpvs.ts';
import { useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Form, FormActions } from '../../components/form.tsx';
import { notify } from '../../components/toast.tsx';
import { actions } from '../../words/actions.ts';
import { tpvWords } from '../../words/tpv.ts';
import { type TpvDraft, TpvFields, tpvBody } from '../tpvs/tpv-fields.tsx';

const words = tpvWords.edit;

/** Changes a TPV's name, address or how many people it takes. */
export function EditTpv({ tpv, onClose, onSaved }: { tpv: TpvDetail; onClose(): void; onSaved(): void }) {
  const [draft, setDraft] = useState<TpvDraft>(() => ({
    name: tpv.name,
    endpoint_url: tpv.endpoint_url,
    max_users: String(tpv.max_users),
  }));
  const edit = useAction(async () => {
    const body: TpvEdit = tpvBody(draft);
    await send('PATCH', `/api/admin/tpvs/${tpv.id}`, body);
    notify(words.saved, 'good');
    onSaved();
    onClose();
  });
  return (
    <Dialog title={words.title(tpv.name)} onClose={onClose}>
      <Form label={words.title(tpv.name)} onSubmit={edit.run} error={edit.error}>
        <TpvFields draft={draft} onChange={setDraft} error={edit.error} />
        <FormActions>
          <Button onClick={onClose}>{actions.cancel}</Button>
          <Button kind="primary" type="submit" busy={edit.busy}>
            {actions.save}
          </Button>
        </FormActions>
      </Form>
    </Dialog>
  );
}
