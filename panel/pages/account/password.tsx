import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { fieldError, useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Form, FormActions } from '../../components/form.tsx';
import { TextField } from '../../components/text-field.tsx';
import { notify } from '../../components/toast.tsx';
import { accountWords as words } from '../../words/account.ts';

/** Changes one's own password. */
export function PasswordCard(): VNode {
  const [current, setCurrent] = useState('');
  const [chosen, setChosen] = useState('');
  const [repeated, setRepeated] = useState('');
  const different = repeated !== '' && repeated !== chosen;
  const change = useAction(async () => {
    await send('PUT', '/api/admin/account/password', { current_password: current, new_password: chosen });
    for (const clear of [setCurrent, setChosen, setRepeated]) clear('');
    notify(words.passwordChanged);
  });
  const { error } = change;
  return (
    <Card title={words.password}>
      <Form label={words.changePassword} error={error} onSubmit={() => repeated === chosen && change.run()}>
        <TextField
          label={words.currentPassword}
          type="password"
          autocomplete="current-password"
          required
          value={current}
          onInput={setCurrent}
          error={fieldError(error, 'current_password')}
        />
        <TextField
          label={words.newPassword}
          type="password"
          autocomplete="new-password"
          required
          minLength={12}
          maxLength={1024}
          hint={words.newPasswordHint}
          value={chosen}
          onInput={setChosen}
          error={fieldError(error, 'new_password')}
        />
        <TextField
          label={words.repeat}
          type="password"
          autocomplete="new-password"
          required
          value={repeated}
          onInput={setRepeated}
          error={different ? words.different : undefined}
        />
        <FormActions>
          <Button type="submit" busy={change.busy} disabled={different}>
            {words.changePassword}
          </Button>
        </FormActions>
      </Form>
    </Card>
  );
}
