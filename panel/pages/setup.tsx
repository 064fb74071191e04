import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Session } from '../../src/admin/schemas/session.ts';
import { fieldError, useAction } from '../action.ts';
import { send } from '../api.ts';
import { setupNeeded } from '../arrival.ts';
import { Button } from '../components/button.tsx';
import { Form, FormActions } from '../components/form.tsx';
import { Gate } from '../components/gate.tsx';
import { Note } from '../components/note.tsx';
import { TextField } from '../components/text-field.tsx';
import { navigate } from '../router.ts';
import { begin } from '../session.ts';
import { setupWords as words } from '../words/setup.ts';

/** The first account, for whoever has the one-time link. Its token is in the fragment, which no server sees. */
export function SetupPage(): VNode {
  const [token] = useState(() => location.hash.slice(1));
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const different = repeated !== '' && repeated !== password;
  const create = useAction(async () => {
    if (repeated !== password) return;
    begin(await send<Session>('POST', '/api/admin/setup', { token, name: name.trim(), password }));
    setupNeeded.value = false;
    navigate('/admin/', { replace: true });
  });
  const refused = create.error?.status === 401 || create.error?.status === 403;
  const toLogin = <Button href="/admin/entrar">{words.toLogin}</Button>;
  if (token === '')
    return (
      <Gate title={words.title}>
        <Note tone="warn" title={words.noToken}>
          {words.noTokenHint}
        </Note>
        {toLogin}
      </Gate>
    );
  if (refused)
    return (
      <Gate title={words.title}>
        <Note tone="warn" title={words.used}>
          {words.usedHint}
        </Note>
        {toLogin}
      </Gate>
    );
  return (
    <Gate title={words.title} lead={words.lead}>
      <Form label={words.title} error={create.error} onSubmit={() => create.run()}>
        <TextField
          label={words.name}
          value={name}
          onInput={setName}
          autocomplete="username"
          required
          maxLength={64}
          autofocus
          hint={words.nameHint}
          error={fieldError(create.error, 'name')}
        />
        <TextField
          label={words.password}
          type="password"
          value={password}
          onInput={setPassword}
          autocomplete="new-password"
          required
          minLength={12}
          maxLength={1024}
          hint={words.passwordHint}
          error={fieldError(create.error, 'password')}
        />
        <TextField
          label={words.repeat}
          type="password"
          value={repeated}
          onInput={setRepeated}
          autocomplete="new-password"
          required
          maxLength={1024}
          error={different ? words.different : undefined}
        />
        <FormActions>
          <Button kind="primary" type="submit" busy={create.busy} disabled={different}>
            {words.submit}
          </Button>
        </FormActions>
      </Form>
    </Gate>
  );
}
