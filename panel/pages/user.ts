import { html } from 'htm/preact';
import type { UserDetail } from '../../src/admin/schemas/users.ts';
import { Loaded } from '../components/loaded.ts';
import { Note } from '../components/note.ts';
import { Page } from '../components/page.ts';
import { personName } from '../format.ts';
import { useResource } from '../resource.ts';
import type { PageProps } from '../router.ts';
import { canChange } from '../session.ts';
import { userWords as words } from '../words/user.ts';
import { Conversation } from './user/conversation.ts';
import { UserActions } from './user/user-actions.ts';
import { UserFacts } from './user/user-facts.ts';

/** One person: who serves them, and everything that was said. */
export function UserPage({ params }: PageProps) {
  const id = params.id ?? '';
  const resource = useResource<UserDetail>(`/api/admin/users/${encodeURIComponent(id)}`, {
    kinds: ['user'],
    ids: [id],
  });
  const user = resource.value;
  const actions = user && canChange.value ? html`<${UserActions} user=${user} reload=${resource.reload} />` : undefined;
  return html`
    <${Page}
      title=${user ? personName(user) : words.title}
      back=${{ href: '/admin/personas', label: words.back }}
      actions=${actions}
    >
      <${Loaded} resource=${resource}>
        ${(loaded: UserDetail) => html`
          ${loaded.tpv === null ? html`<${Note} tone="warn">${words.unassigned}<//>` : null}
          ${loaded.is_active ? null : html`<${Note} tone="info">${words.inactive}<//>`}
          <div class="columns columns-wide-first">
            <${Conversation} key=${loaded.telegram_id} user=${loaded} />
            <${UserFacts} user=${loaded} />
          </div>
        `}
      <//>
    <//>
  `;
}
