import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Account } from '../../../src/admin/schemas/accounts.ts';
import { useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Form, FormActions } from '../../components/form.tsx';
import { notify } from '../../components/toast.tsx';
import { accountWords } from '../../words/account.ts';
import { actions } from '../../words/actions.ts';
import { AccountTpvs } from './account-tpvs.tsx';

const words = accountWords.manager;

export interface ManagerTpvsProps {
  account: Account;
  onClose: () => void;
  onDone: () => void;
}

/** Changes which TPVs a manager has, or makes an account a manager's. */
export function ManagerTpvsDialog({ account, onClose, onDone }: ManagerTpvsProps): VNode {
  const [tpvs, setTpvs] = useState<{ id: string; name: string }[]>(account.tpvs);
  const save = useAction(async () => {
    await send('PATCH', `/api/admin/accounts/${account.id}`, { role: 'manager', tpv_ids: tpvs.map(({ id }) => id) });
    notify(words.saved(account.name));
    onDone();
    onClose();
  });
  return (
    <Dialog title={words.tpvsTitle(account.name)} onClose={onClose}>
      <Form label={words.tpvsTitle(account.name)} error={save.error} onSubmit={() => save.run()}>
        <p>{words.tpvsText}</p>
        <AccountTpvs tpvs={tpvs} onChange={setTpvs} />
        <FormActions>
          <Button onClick={onClose}>{actions.cancel}</Button>
          <Button kind="primary" type="submit" busy={save.busy} disabled={tpvs.length === 0}>
            {actions.save}
          </Button>
        </FormActions>
      </Form>
    </Dialog>
  );
}
