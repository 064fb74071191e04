import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Session } from '../../src/admin/schemas/session.ts';
import { useAction } from '../action.ts';
import { send } from '../api.ts';
import { Button } from '../components/button.tsx';
import { ErrorBox } from '../components/error-box.tsx';
import { Gate } from '../components/gate.tsx';
import { Loading } from '../components/loading.tsx';
import { Note } from '../components/note.tsx';
import { begin } from '../session.ts';
import { loginWords } from '../words/login.ts';

const words = loginWords.byBot;

/** Where the bot's one-time login leads, while nobody is logged in. Its token is in the fragment, which no server sees. */
export function BotLoginPage(): VNode {
  const [token] = useState(() => location.hash.slice(1));
  const login = useAction(async () => {
    begin(await send<Session>('POST', '/api/admin/login/bot', { token }));
  });
  useEffect(() => {
    if (token !== '') void login.run();
  }, []);
  const { error } = login;
  const isRefused = token === '' || error?.status === 401 || error?.status === 400;
  return (
    <Gate title={words.title}>
      {isRefused ? (
        <Note tone="warn" title={words.used}>
          {words.usedHint}
        </Note>
      ) : error === undefined ? (
        <Loading rows={2} />
      ) : (
        <ErrorBox error={error} onRetry={() => void login.run()} />
      )}
      {isRefused ? <Button href="/admin/entrar">{words.byPassword}</Button> : null}
    </Gate>
  );
}
