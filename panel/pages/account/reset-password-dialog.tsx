import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Account } from '../../../src/admin/schemas/accounts.ts';
import { fieldError, useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Form, FormActions } from '../../components/form.tsx';
import { TextField } from '../../components/text-field.tsx';
import { notify } from '../../components/toast.tsx';
import { accountWords as words } from '../../words/account.ts';
import { actions } from '../../words/actions.ts';

/** Gives somebody who forgot theirs a new password. */
export function ResetPasswordDialog({ account, onClose }: { account: Account; onClose: () => void }): VNode {
  const [password, setPassword] = useState('');
  const title = words.resetTitle(account.name);
  const reset = useAction(async () => {
    await send('PUT', `/api/admin/accounts/${account.id}/password`, { password });
    notify(words.resetDone(account.name));
    onClose();
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{words.resetText}</p>
      <Form label={title} error={reset.error} onSubmit={() => reset.run()}>
        <TextField
          label={words.newPassword}
          type="password"
          autocomplete="new-password"
          required
          autofocus
          minLength={12}
          maxLength={1024}
          hint={words.newPasswordHint}
          value={password}
          onInput={setPassword}
          error={fieldError(reset.error, 'password')}
        />
        <FormActions>
          <Button onClick={onClose}>{actions.cancel}</Button>
          <Button kind="primary" type="submit" busy={reset.busy}>
            {words.resetPassword}
          </Button>
        </FormActions>
      </Form>
    </Dialog>
  );
}
