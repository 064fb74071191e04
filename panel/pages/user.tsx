import { at } from '../address.ts';
import { Loaded } from '../components/loaded.tsx';
import { Note } from '../components/note.tsx';
import { Page } from '../components/page.tsx';
import { personName } from '../format.ts';
import { useResource } from '../resource.ts';
import type { PageProps } from '../router.ts';
import { canChange } from '../session.ts';
import { userWords as words } from '../words/user.ts';
import { Conversation } from './user/conversation.tsx';
import { UserActions } from './user/user-actions.tsx';
import { UserFacts } from './user/user-facts.tsx';

/** One person: who serves them, and everything that was said. */
export function UserPage({ params }: PageProps) {
  const id = params.id ?? '';
  const resource = useResource(at('/api/admin/users/:id', { id }), {
    kinds: ['user'],
    ids: [id],
  });
  const user = resource.value;
  const actions = user && canChange.value ? <UserActions user={user} reload={resource.reload} /> : undefined;
  return (
    <Page
      title={user ? personName(user) : words.title}
      back={{ href: '/admin/personas', label: words.back }}
      actions={actions}
    >
      <Loaded resource={resource}>
        {(loaded) => (
          <>
            {loaded.tpv === null ? <Note tone="warn">{words.unassigned}</Note> : null}
            {loaded.is_active ? null : <Note tone="info">{words.inactive}</Note>}
            <div class="columns columns-wide-first">
              <Conversation key={loaded.telegram_id} user={loaded} />
              <UserFacts user={loaded} />
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}
