import { useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { ConnectLines } from '../../components/connect-lines.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Form, FormActions } from '../../components/form.tsx';
import { Secret } from '../../components/secret.tsx';
import { actions } from '../../words/actions.ts';
import { connectWords } from '../../words/first-steps.ts';
import { tpvsWords } from '../../words/tpvs.ts';
import { type TpvDraft, TpvFields, tpvBody } from './tpv-fields.tsx';

const words = tpvsWords.form;
const BLANK: TpvDraft = { name: '', endpoint_url: '', max_users: '100' };

interface Created {
  id: string;
  api_key: string;
  signing_secret: string;
}

/** Creates a TPV, and shows its key and its signing secret this once. */
export function NewTpv({ onClose }: { onClose(): void }) {
  const [draft, setDraft] = useState(BLANK);
  const [created, setCreated] = useState<Created | undefined>(undefined);
  const creation = useAction(async () => setCreated(await send<Created>('POST', '/api/admin/tpvs', tpvBody(draft))));
  if (created !== undefined) {
    return (
      <Dialog title={words.created(draft.name)} onClose={onClose}>
        <Secret label={words.keyLabel} value={created.api_key} note={words.keyNote} />
        <section class="stack" aria-label={connectWords.title}>
          <h3>{connectWords.title}</h3>
          <ConnectLines apiKey={created.api_key} />
        </section>
        <Secret label={words.secretLabel} value={created.signing_secret} note={words.secretNote} />
        <FormActions>
          <Button onClick={onClose}>{actions.close}</Button>
          <Button kind="primary" href={`/admin/tpvs/${created.id}`}>
            {words.open}
          </Button>
        </FormActions>
      </Dialog>
    );
  }
  return (
    <Dialog title={words.title} onClose={onClose}>
      <Form label={words.title} onSubmit={creation.run} error={creation.error}>
        <TpvFields draft={draft} onChange={setDraft} error={creation.error} />
        <FormActions>
          <Button onClick={onClose}>{actions.cancel}</Button>
          <Button kind="primary" type="submit" busy={creation.busy}>
            {words.submit}
          </Button>
        </FormActions>
      </Form>
    </Dialog>
  );
}
