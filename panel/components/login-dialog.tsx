import type { VNode } from 'preact';
import { end } from '../session.ts';
import { loginWords } from '../words/login.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { LoginForm } from './login-form.tsx';

/** The login over the page that somebody was on when the session ended: what they wrote there stays. */
export function LoginDialog({ name }: { name: string }): VNode {
  return (
    <Dialog
      title={loginWords.expired}
      actions={
        <Button kind="quiet" onClick={end}>
          {loginWords.other}
        </Button>
      }
    >
      <p class="muted">{loginWords.expiredLead}</p>
      <LoginForm name={name} />
    </Dialog>
  );
}
