import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
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

/** Lets somebody else in. */
export function NewAccountDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }): VNode {
  const [name, setName] = useState('');
  const [role, setRole] = useState('viewer');
  const [password, setPassword] = useState('');
  const create = useAction(async () => {
    await send('POST', '/api/admin/accounts', { name: name.trim(), role, password });
    notify(words.added(name.trim()));
    onDone();
    onClose();
  });
  const { error } = create;
  const options = (['viewer', 'admin'] as const).map((value) => ({
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
        <FormActions>
          <Button onClick={onClose}>{actions.cancel}</Button>
          <Button kind="primary" type="submit" busy={create.busy}>
            {actions.create}
          </Button>
        </FormActions>
      </Form>
    </Dialog>
  );
}
