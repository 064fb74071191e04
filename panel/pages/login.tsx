import type { VNode } from 'preact';
import { setupNeeded } from '../arrival.ts';
import { Gate } from '../components/gate.tsx';
import { LoginForm } from '../components/login-form.tsx';
import { Note } from '../components/note.tsx';
import { frameWords } from '../words/frame.ts';
import { loginWords } from '../words/login.ts';

/** The way in; where nobody has an account yet, how to get the first. */
export function LoginPage(): VNode {
  return (
    <Gate title={frameWords.product} lead={loginWords.lead}>
      {setupNeeded.value ? (
        <Note tone="info" title={loginWords.noAccount}>
          {loginWords.noAccountHint}
        </Note>
      ) : (
        <>
          <LoginForm />
          <p class="muted">{loginWords.byBot.hint}</p>
        </>
      )}
    </Gate>
  );
}
