import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Account } from '../../../src/admin/schemas/accounts.ts';
import { fieldError, useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { ChoiceField } from '../../components/choice-field.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Form, FormActions } from '../../components/form.tsx';
import { TextField } from '../../components/text-field.tsx';
import { notify } from '../../components/toast.tsx';
import { accountWords as words } from '../../words/account.ts';
import { actions } from '../../words/actions.ts';
import { roles } from '../../words/states.ts';
import { AccountTpvs } from './account-tpvs.tsx';

export interface NewAccountProps {
  onClose: () => void;
  onDone: () => void;
  /** A manager has no password: what follows is the invitation. */
  onInvite: (account: Account) => void;
}

/** Lets somebody else in. */
export function NewAccountDialog({ onClose, onDone, onInvite }: NewAccountProps): VNode {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Account['role']>('viewer');
  const [tpvs, setTpvs] = useState<{ id: string; name: string }[]>([]);
  const [password, setPassword] = useState('');
  const create = useAction(async () => {
    const isManager = role === 'manager';
    const entry = isManager ? { tpv_ids: tpvs.map(({ id }) => id) } : { password };
    const account = await send<Account>('POST', '/api/admin/accounts', { name: name.trim(), role, ...entry });
    notify(words.added(name.trim()));
    onDone();
    if (isManager) onInvite(account);
    else onClose();
  });
  const { error } = create;
  const options = (['viewer', 'manager', 'admin'] as const).map((value) => ({
    value,
    label: roles[value],
    hint: words.roleHints[value],
  }));
  return (
    <Dialog title={words.addTitle} onClose={onClose}>
      <Form label={words.addTitle} error={error} onSubmit={() => create.run()}>
        <TextField
          label={words.name}
          value={name}
          onInput={setName}
          required
          autofocus
          maxLength={64}
          error={fieldError(error, 'name')}
        />
        <ChoiceField label={words.role} value={role} options={options} onChange={setRole} />
        {role === 'manager' ? (
          <AccountTpvs tpvs={tpvs} onChange={setTpvs} />
        ) : (
          <TextField
            label={words.initialPassword}
            type="password"
            autocomplete="new-password"
            required
            minLength={12}
            maxLength={1024}
            hint={words.initialPasswordHint}
            value={password}
            onInput={setPassword}
            error={fieldError(error, 'password')}
          />
        )}
        <FormActions>
          <Button onClick={onClose}>{actions.cancel}</Button>
          <Button kind="primary" type="submit" busy={create.busy} disabled={role === 'manager' && tpvs.length === 0}>
            {actions.create}
          </Button>
        </FormActions>
      </Form>
    </Dialog>
  );
}
