import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { fieldError, useAction } from '../../action.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Form, FormActions } from '../../components/form.tsx';
import { TextField } from '../../components/text-field.tsx';
import { accountWords as words } from '../../words/account.ts';
import { actions } from '../../words/actions.ts';

export interface PasswordDialogProps {
  title: string;
  text: string;
  confirm: string;
  danger?: boolean;
  /** Does it, and says what comes next: the dialog doesn't close by itself. */
  onConfirm: (password: string) => Promise<unknown>;
  onClose: () => void;
}

/** Asks for one's own password before something that a passer-by must not do. */
export function PasswordDialog({ title, text, confirm, danger, onConfirm, onClose }: PasswordDialogProps): VNode {
  const [password, setPassword] = useState('');
  const action = useAction(() => onConfirm(password));
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <Form label={title} error={action.error} onSubmit={() => action.run()}>
        <TextField
          label={words.proof}
          type="password"
          autocomplete="current-password"
          required
          autofocus
          hint={words.proofWhy}
          value={password}
          onInput={setPassword}
          error={fieldError(action.error, 'password')}
        />
        <FormActions>
          <Button onClick={onClose}>{actions.cancel}</Button>
          <Button kind={danger ? 'danger' : 'primary'} type="submit" busy={action.busy}>
            {confirm}
          </Button>
        </FormActions>
      </Form>
    </Dialog>
  );
}
