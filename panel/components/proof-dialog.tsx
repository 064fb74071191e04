import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { fieldError, useAction } from '../action.ts';
import { accountWords as words } from '../words/account.ts';
import { actions } from '../words/actions.ts';
import { loginWords } from '../words/login.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Form, FormActions } from './form.tsx';
import { TextField } from './text-field.tsx';

export interface ProofDialogProps {
  /** What the person proves it with; the password where absent. */
  by?: 'password' | 'code';
  title: string;
  text: string;
  confirm: string;
  danger?: boolean;
  /** Does it, and says what comes next: the dialog doesn't close by itself. */
  onConfirm: (proof: string) => Promise<unknown>;
  onClose: () => void;
}

/** Asks for one's own password, or a code, before something that a passer-by must not do. */
export function ProofDialog({
  by = 'password',
  title,
  text,
  confirm,
  danger,
  onConfirm,
  onClose,
}: ProofDialogProps): VNode {
  const [proof, setProof] = useState('');
  const action = useAction(() => onConfirm(proof));
  const field =
    by === 'password'
      ? ({ label: words.proof, type: 'password', autocomplete: 'current-password', hint: words.proofWhy } as const)
      : ({ label: loginWords.code, autocomplete: 'one-time-code', hint: loginWords.codeHint, mono: true } as const);
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <Form label={title} error={action.error} onSubmit={() => action.run()}>
        <TextField
          {...field}
          required
          autofocus
          value={proof}
          onInput={setProof}
          maxLength={by === 'password' ? 1024 : 40}
          error={fieldError(action.error, by)}
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
