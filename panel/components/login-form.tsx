import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Session } from '../../src/admin/schemas/session.ts';
import { useAction } from '../action.ts';
import { ApiError, send } from '../api.ts';
import { milliseconds } from '../format.ts';
import { begin } from '../session.ts';
import { actions } from '../words/actions.ts';
import { loginWords } from '../words/login.ts';
import { Button } from './button.tsx';
import { Form, FormActions } from './form.tsx';
import { TextField } from './text-field.tsx';

/** Name, password, and the second factor once the hub asks for it. */
export function LoginForm({ name: knownName = '' }: { name?: string }): VNode {
  const [name, setName] = useState(knownName);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [asked, setAsked] = useState(false);
  const login = useAction(async () => {
    const given = code.replaceAll(/\s/g, '');
    try {
      begin(
        await send<Session>('POST', '/api/admin/login', {
          name: name.trim(),
          password,
          ...(asked ? { code: given } : {}),
        }),
      );
    } catch (fault) {
      if (fault instanceof ApiError && fault.code === 'second_factor_required') {
        setAsked(true);
        return;
      }
      throw explained(fault, asked);
    }
  });
  return (
    <Form label={loginWords.title} error={login.error} onSubmit={() => login.run()}>
      <TextField
        label={loginWords.name}
        value={name}
        onInput={setName}
        autocomplete="username"
        required
        maxLength={64}
        autofocus={knownName === ''}
        disabled={asked}
      />
      <TextField
        label={loginWords.password}
        type="password"
        value={password}
        onInput={setPassword}
        autocomplete="current-password"
        required
        maxLength={1024}
        autofocus={knownName !== ''}
        disabled={asked}
      />
      {asked && (
        <TextField
          label={loginWords.code}
          value={code}
          onInput={setCode}
          autocomplete="one-time-code"
          required
          maxLength={40}
          autofocus
          mono
          hint={loginWords.codeHint}
        />
      )}
      <FormActions>
        <Button kind="primary" type="submit" busy={login.busy}>
          {asked ? actions.continue : actions.logIn}
        </Button>
      </FormActions>
    </Form>
  );
}

/** The hub's refusal in the words of this form. */
function explained(fault: unknown, withCode: boolean): unknown {
  if (!(fault instanceof ApiError)) return fault;
  const { status, code, retryAfter } = fault;
  if (status === 401)
    return new ApiError({ status, code, message: withCode ? loginWords.wrongCode : loginWords.wrong });
  if (status === 429 && retryAfter !== undefined) {
    return new ApiError({ status, code, message: loginWords.tooMany(milliseconds(retryAfter * 1_000)) });
  }
  return fault;
}
