import { html } from 'htm/preact';
import type { PushDetail } from '../../src/admin/schemas/pushes.ts';
import { Bubble } from '../components/bubble.ts';
import { Card } from '../components/card.ts';
import { Loaded } from '../components/loaded.ts';
import { Note } from '../components/note.ts';
import { Page } from '../components/page.ts';
import { PushBadge } from '../components/status.ts';
import { TelegramText } from '../components/telegram-text.ts';
import { Time } from '../components/time.ts';
import { userName } from '../components/user-link.ts';
import { useResource } from '../resource.ts';
import type { PageProps } from '../router.ts';
import { canChange } from '../session.ts';
import { pushWords as words } from '../words/push.ts';
import { pushesWords } from '../words/pushes.ts';
import { Presses } from './push/presses.ts';
import { PushActions } from './push/push-actions.ts';
import { PushFacts } from './push/push-facts.ts';

/** One message to a person: as they see it, how it went, and what they pressed. */
export function PushPage({ params }: PageProps) {
  const id = params.id ?? '';
  const resource = useResource<PushDetail>(`/api/admin/pushes/${encodeURIComponent(id)}`, {
    kinds: ['push'],
    ids: [id],
  });
  const push = resource.value;
  const actions = push && canChange.value ? html`<${PushActions} push=${push} reload=${resource.reload} />` : undefined;
  return html`
    <${Page}
      title=${push ? words.title(userName(push.user)) : words.name}
      lead=${push ? html`<${PushBadge} status=${push.status} />` : undefined}
      back=${{ href: '/admin/mensajes', label: words.back }}
      actions=${actions}
    >
      <${Loaded} resource=${resource}>
        ${(loaded: PushDetail) => html`
          ${
            loaded.status === 'unknown'
              ? html`<${Note} tone="warn" title=${words.resolve.note}>${words.resolve.explain}<//>`
              : null
          }
          <div class="columns">
            <div class="stack">
              <${Preview} push=${loaded} />
              ${loaded.buttons.length > 0 || loaded.presses.length > 0 ? html`<${Presses} push=${loaded} />` : null}
            </div>
            <${PushFacts} push=${loaded} />
          </div>
        `}
      <//>
    <//>
  `;
}

function Preview({ push }: { push: PushDetail }) {
  const markup = push.parse_mode === 'HTML' && !push.sent_as_plain;
  return html`
    <${Card} title=${words.bubble}>
      <div class="chat-paper">
        <${Bubble} side="in" buttons=${push.buttons} meta=${push.sent_at ? html`<${Time} at=${push.sent_at} />` : null}>
          ${push.kind === 'text' ? null : html`<p><em>${pushesWords.kinds[push.kind]}</em></p>`}
          <${TelegramText} text=${push.text} markup=${markup} />
        <//>
      </div>
      ${push.sent_as_plain ? html`<p class="muted">${words.plain}</p>` : null}
    <//>
  `;
}
