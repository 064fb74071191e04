import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { TimelineEntry, UserDetail } from '../../../src/admin/schemas/users.ts';
import { at } from '../../address.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Loading } from '../../components/loading.tsx';
import { personName, plural } from '../../format.ts';
import { type List, useList } from '../../list.ts';
import { onChanges } from '../../live.ts';
import { canAttend } from '../../session.ts';
import { userWords } from '../../words/user.ts';
import { ChatEntry } from './chat-entry.tsx';
import { useChatScroll } from './chat-scroll.ts';
import { Composer } from './composer.tsx';
import { OpenWait } from './open-wait.tsx';

const words = userWords.conversation;

export interface ConversationProps {
  user: UserDetail;
  /** Instead of a plain heading. */
  title?: ComponentChildren;
  actions?: ComponentChildren;
}

/** Everything between a person and the hub as a chat: the oldest above, the newest below, kept fresh. */
export function Conversation({ user, title = words.title, actions }: ConversationProps) {
  const list = useList(at('/api/admin/users/:id/timeline', { id: user.telegram_id }), {
    key: entryKey,
    kind: 'instruction',
  });
  useEffect(() => onChanges('push', list.reload), [list]);
  const waiting = list.rows.value.find(isOpen);
  return (
    <Card title={title} actions={actions}>
      <Chat list={list} user={user} />
      {waiting === undefined ? null : <OpenWait instructionId={waiting.instruction_id} tpvId={waiting.tpv?.id} />}
      {canAttend.value && user.is_active ? <Composer user={user} onSent={list.reload} /> : null}
    </Card>
  );
}

function Chat({ list, user }: { list: List<TimelineEntry>; user: UserDetail }) {
  const { entries, reports } = folded(list.rows.value);
  const scroll = useChatScroll(entries.map(entryKey));
  if (list.state.value === 'failed') return <ErrorBox error={list.error.value} onRetry={list.reload} />;
  if (list.state.value === 'loading') return <Loading rows={6} />;
  if (entries.length === 0) return <p class="muted">{words.empty}</p>;
  return (
    <div class="chat">
      <div
        class="chat-scroll"
        ref={scroll.element}
        role="log"
        aria-label={words.label(personName(user))}
        tabindex={0}
        onScroll={scroll.onScroll}
      >
        <div class="chat-start">
          {list.hasMore.value ? (
            <Button size="small" busy={list.loadingMore.value} onClick={list.more}>
              {words.older}
            </Button>
          ) : (
            <span class="muted">{words.beginning}</span>
          )}
        </div>
        {entries.map((entry) => (
          <ChatEntry
            key={entryKey(entry)}
            entry={entry}
            user={user}
            report={'instruction_id' in entry ? reports.get(entry.instruction_id) : undefined}
            reload={list.reload}
          />
        ))}
      </div>
      {scroll.unseen === 0 ? null : (
        <button type="button" class="chat-newer" onClick={scroll.toEnd}>
          {words.newer(plural(scroll.unseen, words.event, words.events))}
        </button>
      )}
    </div>
  );
}

/** The oldest first; what a TPV reported stands with its message, where that is there. */
function folded(rows: readonly TimelineEntry[]) {
  const reports = new Map<string | null, Extract<TimelineEntry, { kind: 'report' }>>();
  const asked = new Set<string | null>();
  for (const row of rows) {
    if (row.kind === 'report') reports.set(row.instruction_id, row);
    else if ('instruction_id' in row) asked.add(row.instruction_id);
  }
  const entries = rows.filter((row) => row.kind !== 'report' || !asked.has(row.instruction_id)).toReversed();
  return { entries, reports };
}

function isOpen(entry: TimelineEntry): entry is Extract<TimelineEntry, { kind: 'instruction' }> {
  return entry.kind === 'instruction' && entry.allowed.includes('cancel');
}

function entryKey(entry: TimelineEntry): string {
  const id = 'instruction_id' in entry ? entry.instruction_id : undefined;
  return [entry.kind, entry.at, id, 'push_id' in entry ? entry.push_id : undefined].join(' ');
}
