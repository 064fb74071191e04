import type { Conversation } from '../../../src/admin/schemas/inbox.ts';
import { href } from '../../address.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Empty } from '../../components/empty.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { FilteredEmpty } from '../../components/filtered-empty.tsx';
import { ListEnd } from '../../components/list-end.tsx';
import { Loading } from '../../components/loading.tsx';
import type { Tone } from '../../components/note.tsx';
import { Time } from '../../components/time.tsx';
import { personName } from '../../format.ts';
import type { List } from '../../list.ts';
import { query } from '../../router.ts';
import { inboxWords as words } from '../../words/inbox.ts';
import { pushesWords } from '../../words/pushes.ts';
import { usersWords } from '../../words/users.ts';

export const INBOX_PATH = '/admin/conversaciones';

const TONES: Readonly<Record<Conversation['state'], Tone>> = {
  waiting: 'info',
  failed: 'bad',
  unanswered: 'warn',
  answered: 'plain',
};

/** The conversations of the filter, those whose person wrote last first. */
export function InboxList({ list, open }: { list: List<Conversation>; open: string | undefined }) {
  if (list.state.value === 'loading') return <Loading rows={8} />;
  if (list.state.value === 'failed') return <ErrorBox error={list.error.value} onRetry={list.reload} />;
  const rows = list.rows.value;
  return (
    <div class="inbox-scroll">
      {list.error.value === undefined ? null : <ErrorBox error={list.error.value} onRetry={list.reload} />}
      {rows.length === 0 && !list.hasMore.value ? <NoConversations /> : null}
      <ul class="inbox-list">
        {rows.map((row) => (
          <Row key={row.user.telegram_id} row={row} isOpen={String(row.user.telegram_id) === open} />
        ))}
      </ul>
      <ListEnd list={list} />
    </div>
  );
}

function Row({ row, isOpen }: { row: Conversation; isOpen: boolean }) {
  const { user, state, unread } = row;
  const filters = new URLSearchParams(query.value);
  filters.set('persona', String(user.telegram_id));
  return (
    <li>
      <a
        class={`inbox-row${unread ? ' unread' : ''}`}
        href={href(INBOX_PATH, filters)}
        aria-current={isOpen ? 'true' : undefined}
      >
        <span class="inbox-line">
          <span class="inbox-name truncate">{personName(user)}</span>
          {unread ? (
            <span class="inbox-dot">
              <span class="visually-hidden">, {words.unread}</span>
            </span>
          ) : null}
          <span class="inbox-time">
            <Time at={row.at} />
          </span>
        </span>
        <span class="inbox-text truncate">{lastWords(row)}</span>
        {row.error_message === '' ? null : <span class="inbox-error truncate">{row.error_message}</span>}
        <span class="inbox-line">
          <span class="inbox-tpv truncate">{user.tpv?.name ?? usersWords.unassigned}</span>
          {state === 'answered' ? null : <Badge tone={TONES[state]}>{words.states[state]}</Badge>}
        </span>
      </a>
    </li>
  );
}

function lastWords({ last }: Conversation): string {
  if (last === null) return '';
  const { from, kind, text } = last;
  if (kind === 'press') return words.pressed(text);
  const said = kind === 'text' ? text : [pushesWords.kinds[kind], text].filter(Boolean).join(': ');
  return from === 'person' ? said : `${words.from[from]}: ${said}`;
}

function NoConversations() {
  const { empty } = words;
  return (
    <FilteredEmpty words={empty} path={INBOX_PATH}>
      <Empty icon="chats" title={empty.title}>
        <p>{empty.text}</p>
        <Button href="/admin/tpvs">{empty.action}</Button>
      </Empty>
    </FilteredEmpty>
  );
}
