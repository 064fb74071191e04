import { useEffect, useRef, useState } from 'preact/hooks';
import type { UserDetail } from '../../../src/admin/schemas/users.ts';
import { useAction } from '../../action.ts';
import { at, href } from '../../address.ts';
import { send } from '../../api.ts';
import { isAttended } from '../../attention.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Note } from '../../components/note.tsx';
import { personName } from '../../format.ts';
import { now } from '../../now.ts';
import { useResource } from '../../resource.ts';
import { query } from '../../router.ts';
import { canChange } from '../../session.ts';
import { inboxWords as words } from '../../words/inbox.ts';
import { userWords } from '../../words/user.ts';
import { Conversation } from '../user/conversation.tsx';
import { UserActions } from '../user/user-actions.tsx';
import { UserFacts } from '../user/user-facts.tsx';
import { INBOX_PATH } from './inbox-list.tsx';
import { PersonsTpv } from './persons-tpv.tsx';

export interface OpenConversationProps {
  /** The person's. */
  id: string;
  unread: boolean;
  onRead(): void;
}

/** The conversation that was chosen, and beside it who it is with. */
export function OpenConversation({ id, unread, onRead }: OpenConversationProps) {
  const [pane, setPane] = useState<'chat' | 'person'>('chat');
  const back = useRef<HTMLAnchorElement>(null);
  const resource = useResource(at('/api/admin/users/:id', { id }), { kinds: ['user'], ids: [id] });
  // Where the list made place for it, the focus would be lost with the list.
  useEffect(() => {
    if (back.current?.offsetParent) back.current.focus();
  }, []);
  const filters = new URLSearchParams(query.value);
  filters.delete('persona');
  const other = pane === 'chat' ? 'person' : 'chat';
  return (
    <div class={`inbox-conversation inbox-shows-${pane}`}>
      <div class="inbox-bar">
        <a class="inbox-back" href={href(INBOX_PATH, filters)} ref={back}>
          <Icon name="back" />
          {words.back}
        </a>
        <Button size="small" icon={other === 'person' ? 'user' : 'message'} onClick={() => setPane(other)}>
          {other === 'person' ? words.person : words.conversation}
        </Button>
      </div>
      <Loaded resource={resource} rows={8}>
        {(user) => <Both user={user} reload={resource.reload} />}
      </Loaded>
      {resource.value === undefined ? null : <ReadMark id={id} unread={unread} onRead={onRead} />}
    </div>
  );
}

function Both({ user, reload }: { user: UserDetail; reload(): void }) {
  return (
    <>
      <div class="inbox-middle">
        <Conversation user={user} title={<a href={`/admin/personas/${user.telegram_id}`}>{personName(user)}</a>} />
      </div>
      <div class="inbox-person stack">
        {user.tpv === null ? <Note tone="warn">{userWords.unassigned}</Note> : null}
        {user.is_active ? null : <Note tone="info">{userWords.inactive}</Note>}
        <div class="row">
          {canChange.value ? <UserActions user={user} brief reload={reload} /> : null}
          <Button kind="quiet" icon="user" href={`/admin/personas/${user.telegram_id}`}>
            {words.page}
          </Button>
        </div>
        {user.tpv === null ? null : <PersonsTpv id={user.tpv.id} />}
        <UserFacts user={user} />
      </div>
    </>
  );
}

/** Keeps that the conversation was read, while a person is there to read it. */
function ReadMark({ id, unread, onRead }: OpenConversationProps) {
  // It moves every few seconds: who comes back reads what came meanwhile.
  const isSeen = now.value > 0 && document.visibilityState === 'visible' && isAttended();
  const opened = useRef(false);
  const reading = useAction(async () => {
    await send('PUT', `/api/admin/inbox/${id}/read`);
    onRead();
  });
  useEffect(() => {
    if (!isSeen || (opened.current && !unread)) return;
    opened.current = true;
    void reading.run();
  }, [isSeen, unread]);
  return null;
}
