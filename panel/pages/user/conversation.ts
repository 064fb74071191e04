import { html, useEffect } from 'htm/preact';
import type { TimelineEntry, UserDetail } from '../../../src/admin/schemas/users.ts';
import { Button } from '../../components/button.ts';
import { Card } from '../../components/card.ts';
import { ErrorBox } from '../../components/error-box.ts';
import { Loading } from '../../components/loading.ts';
import { personName, plural } from '../../format.ts';
import { type List, useList } from '../../list.ts';
import { onChanges } from '../../live.ts';
import { canChange } from '../../session.ts';
import { userWords } from '../../words/user.ts';
import { ChatEntry } from './chat-entry.ts';
import { useChatScroll } from './chat-scroll.ts';
import { Composer } from './composer.ts';

const words = userWords.conversation;

/** Everything between a person and the hub as a chat: the oldest above, the newest below, kept fresh. */
export function Conversation({ user }: { user: UserDetail }) {
  const list = useList<TimelineEntry>(`/api/admin/users/${user.telegram_id}/timeline`, {
    key: entryKey,
    kind: 'instruction',
  });
  useEffect(() => onChanges('push', list.reload), [list]);
  return html`
    <${Card} title=${words.title}>
      <${Chat} list=${list} label=${words.label(personName(user))} />
      ${canChange.value && user.is_active ? html`<${Composer} user=${user} onSent=${list.reload} />` : null}
    <//>
  `;
}

function Chat({ list, label }: { list: List<TimelineEntry>; label: string }) {
  const entries = list.rows.value.toReversed();
  const scroll = useChatScroll(entries.map(entryKey));
  if (list.state.value === 'failed') return html`<${ErrorBox} error=${list.error.value} onRetry=${list.reload} />`;
  if (list.state.value === 'loading') return html`<${Loading} rows=${6} />`;
  if (entries.length === 0) return html`<p class="muted">${words.empty}</p>`;
  return html`
    <div class="chat">
      <div class="chat-scroll" ref=${scroll.element} role="log" aria-label=${label} tabindex="0" onScroll=${scroll.onScroll}>
        <div class="chat-start">
          ${
            list.hasMore.value
              ? html`<${Button} size="small" busy=${list.loadingMore.value} onClick=${list.more}>${words.older}<//>`
              : html`<span class="muted">${words.beginning}</span>`
          }
        </div>
        ${entries.map((entry) => html`<${ChatEntry} key=${entryKey(entry)} entry=${entry} />`)}
      </div>
      ${
        scroll.unseen === 0
          ? null
          : html`
              <button type="button" class="chat-newer" onClick=${scroll.toEnd}>
                ${words.newer(plural(scroll.unseen, words.event, words.events))}
              </button>
            `
      }
    </div>
  `;
}

function entryKey(entry: TimelineEntry): string {
  const id = 'instruction_id' in entry ? entry.instruction_id : undefined;
  return [entry.kind, entry.at, id, 'push_id' in entry ? entry.push_id : undefined].join(' ');
}
