import { html, useEffect } from 'htm/preact';
import type { VNode } from 'preact';
import { Frame } from './components/frame.ts';
import { LoginDialog } from './components/login-dialog.ts';
import { Splash } from './components/splash.ts';
import { Toasts } from './components/toast.ts';
import { LoginPage } from './pages/login.ts';
import { LostPage } from './pages/lost.ts';
import { SetupPage } from './pages/setup.ts';
import { navigate, path, query } from './router.ts';
import { routeOf } from './routes.ts';
import { expired, session } from './session.ts';

/** The panel: what the address and the session say is shown. */
export function App(): VNode {
  return html`<${View} /><${Toasts} />${expired.value && session.value && html`<${LoginDialog} name=${session.value.name} />`}`;
}

function View(): VNode {
  if (path.value === '/admin/configurar') return html`<${SetupPage} />`;
  if (session.value === undefined) return html`<${Splash} />`;
  if (path.value === '/admin/entrar')
    return session.value === null ? html`<${LoginPage} />` : html`<${Redirect} to=${destination()} />`;
  if (session.value === null)
    return html`<${Redirect} to=${`/admin/entrar?volver=${encodeURIComponent(location.pathname + location.search)}`} />`;
  const found = routeOf(path.value);
  if (found === undefined) return html`<${Frame} section=${undefined}><${LostPage} /></${Frame}>`;
  const { route, params } = found;
  return html`<${Frame} section=${route.section}><${route.page} key=${path.value} params=${params} /></${Frame}>`;
}

function Redirect({ to }: { to: string }): VNode {
  useEffect(() => navigate(to, { replace: true }), [to]);
  return html`<${Splash} />`;
}

/** Where somebody wanted to go before the login; only ever inside the panel. */
function destination(): string {
  const wanted = query.value.get('volver') ?? '/admin/';
  const url = new URL(wanted, location.origin);
  const inside = url.origin === location.origin && /^\/admin\/(?!entrar)/.test(url.pathname);
  return inside ? url.pathname + url.search : '/admin/';
}
