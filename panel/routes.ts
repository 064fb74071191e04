import type { ComponentType } from 'preact';
import { AccountPage } from './pages/account.tsx';
import { AuditPage } from './pages/audit.tsx';
import { HubsPage } from './pages/hubs.tsx';
import { InboxPage } from './pages/inbox.tsx';
import { InstructionPage } from './pages/instruction.tsx';
import { InstructionsPage } from './pages/instructions.tsx';
import { OverviewPage } from './pages/overview.tsx';
import { OwnOverviewPage } from './pages/own-overview.tsx';
import { PushPage } from './pages/push.tsx';
import { PushesPage } from './pages/pushes.tsx';
import { QuarantinePage } from './pages/quarantine.tsx';
import { QuarantinedPage } from './pages/quarantined.tsx';
import { SettingsPage } from './pages/settings.tsx';
import { TpvPage } from './pages/tpv.tsx';
import { TpvsPage } from './pages/tpvs.tsx';
import { UserPage } from './pages/user.tsx';
import { UsersPage } from './pages/users.tsx';
import { WebhookPage } from './pages/webhook.tsx';
import { match } from './path-pattern.ts';
import type { PageProps } from './router.ts';
import type { Section } from './sections.ts';
import { seesAll } from './session.ts';

/** A page for who is logged in. */
export interface Route {
  path: string;
  page: ComponentType<PageProps>;
  /** What the navigation marks while it is shown. */
  section: Section;
  /** What a manager gets there; absent: the address leads them nowhere. */
  own?: ComponentType<PageProps>;
}

const ROUTES: readonly Route[] = [
  { path: '/admin', page: OverviewPage, section: 'overview', own: OwnOverviewPage },
  { path: '/admin/conversaciones', page: InboxPage, section: 'inbox', own: InboxPage },
  { path: '/admin/tpvs', page: TpvsPage, section: 'tpvs', own: TpvsPage },
  { path: '/admin/tpvs/:id', page: TpvPage, section: 'tpvs', own: TpvPage },
  { path: '/admin/personas', page: UsersPage, section: 'users', own: UsersPage },
  { path: '/admin/personas/:id', page: UserPage, section: 'users', own: UserPage },
  { path: '/admin/instrucciones', page: InstructionsPage, section: 'instructions', own: InstructionsPage },
  { path: '/admin/instrucciones/:id', page: InstructionPage, section: 'instructions', own: InstructionPage },
  { path: '/admin/mensajes', page: PushesPage, section: 'pushes', own: PushesPage },
  { path: '/admin/mensajes/:id', page: PushPage, section: 'pushes', own: PushPage },
  { path: '/admin/cuarentena', page: QuarantinePage, section: 'quarantine' },
  { path: '/admin/cuarentena/:seq', page: QuarantinedPage, section: 'quarantine' },
  { path: '/admin/auditoria', page: AuditPage, section: 'audit' },
  { path: '/admin/ajustes', page: SettingsPage, section: 'settings' },
  { path: '/admin/webhook', page: WebhookPage, section: 'webhook' },
  { path: '/admin/hubs', page: HubsPage, section: 'hubs' },
  { path: '/admin/cuenta', page: AccountPage, section: 'account', own: AccountPage },
];

/** The page at a path for who is logged in, with what the path says about it. */
export function routeOf(path: string): { route: Route; params: Record<string, string> } | undefined {
  for (const route of ROUTES) {
    const params = match(route.path, path);
    if (params === undefined) continue;
    const page = seesAll.value ? route.page : route.own;
    return page && { route: { ...route, page }, params };
  }
  return undefined;
}
