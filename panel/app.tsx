import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { AskedProof } from './components/asked-proof.tsx';
import { Frame } from './components/frame.tsx';
import { later } from './components/later.tsx';
import { LoginDialog } from './components/login-dialog.tsx';
import { Splash } from './components/splash.tsx';
import { Toasts } from './components/toast.tsx';
import { opened } from './opened.ts';
import { BotLoginPage } from './pages/bot-login.tsx';
import { LoginPage } from './pages/login.tsx';
import { LostPage } from './pages/lost.tsx';
import { SetupPage } from './pages/setup.tsx';
import { navigate, path, query } from './router.ts';
import { routeOf } from './routes.ts';
import { expired, session } from './session.ts';

const OpenedDialog = later(async () => (await import('./search/opened-dialog.tsx')).OpenedDialog);

/** The panel: what the address and the session say is shown. */
export function App(): VNode {
  return (
    <>
      <View />
      <Toasts />
      {session.value && !expired.value && opened.value !== undefined && <OpenedDialog />}
      {session.value && !expired.value && <AskedProof who={session.value} />}
      {expired.value && session.value && <LoginDialog name={session.value.name} />}
    </>
  );
}

function View(): VNode {
  if (path.value === '/admin/configurar') return <SetupPage />;
  if (session.value === undefined) return <Splash />;
  if (path.value === '/admin/entrar') return session.value === null ? <LoginPage /> : <Redirect to={destination()} />;
  if (path.value === '/admin/acceso') return session.value === null ? <BotLoginPage /> : <Redirect to="/admin/" />;
  if (session.value === null)
    return <Redirect to={`/admin/entrar?volver=${encodeURIComponent(location.pathname + location.search)}`} />;
  const found = routeOf(path.value);
  if (found === undefined)
    return (
      <Frame section={undefined}>
        <LostPage />
      </Frame>
    );
  const { route, params } = found;
  return (
    <Frame section={route.section}>
      <route.page key={path.value} params={params} />
    </Frame>
  );
}

function Redirect({ to }: { to: string }): VNode {
  useEffect(() => navigate(to, { replace: true }), [to]);
  return <Splash />;
}

/** Where somebody wanted to go before the login; only ever inside the panel. */
function destination(): string {
  const wanted = query.value.get('volver') ?? '/admin/';
  const url = new URL(wanted, location.origin);
  const inside = url.origin === location.origin && /^\/admin\/(?!entrar)/.test(url.pathname);
  return inside ? url.pathname + url.search : '/admin/';
}
