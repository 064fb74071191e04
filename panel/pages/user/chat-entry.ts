import { html } from 'htm/preact';
import type { TimelineEntry } from '../../../src/admin/schemas/users.ts';
import { Bubble } from '../../components/bubble.ts';
import { JsonText } from '../../components/json-text.ts';
import { InstructionBadge, PushBadge } from '../../components/status.ts';
import { TelegramText } from '../../components/telegram-text.ts';
import { Time } from '../../components/time.ts';
import { userWords } from '../../words/user.ts';

const words = userWords.conversation;

type EntryOf<Kind extends TimelineEntry['kind']> = Extract<TimelineEntry, { kind: Kind }>;

/** One thing that happened between a person and the hub. */
export function ChatEntry({ entry }: { entry: TimelineEntry }) {
  switch (entry.kind) {
    case 'instruction':
      return html`<${Said} entry=${entry} />`;
    case 'push':
      return html`<${Told} entry=${entry} />`;
    case 'report':
      return html`<${Reported} entry=${entry} />`;
    case 'press':
      return html`<${Pressed} entry=${entry} />`;
    default:
      return entry satisfies never;
  }
}

function Said({ entry }: { entry: EntryOf<'instruction'> }) {
  return html`
    <${Bubble}
      side="in"
      meta=${html`
        <${Time} at=${entry.at} /> <${InstructionBadge} status=${entry.status} />
        <a href=${`/admin/instrucciones/${entry.instruction_id}`}>${words.story}</a>
      `}
    >
      ${entry.text === '' ? html`<em>${words.attachment}</em>` : html`<${TelegramText} text=${entry.text} markup=${false} />`}
    <//>
  `;
}

function Told({ entry }: { entry: EntryOf<'push'> }) {
  return html`
    <${Bubble}
      side="out"
      meta=${html`
        <span>${entry.tpv?.name ?? words.hub}</span> <${Time} at=${entry.at} /> <${PushBadge} status=${entry.status} />
        <a href=${`/admin/mensajes/${entry.push_id}`}>${words.message}</a>
      `}
    >
      ${entry.kind_of_message === 'text' ? null : html`<em>${words.kinds[entry.kind_of_message]}</em>`}
      <${TelegramText} text=${entry.text} markup=${entry.has_markup} />
      ${entry.error_message === '' ? null : html`<p class="bad-text">${entry.error_message}</p>`}
    <//>
  `;
}

function Reported({ entry }: { entry: EntryOf<'report'> }) {
  return html`
    <div class="chat-event">
      <span>
        <a href=${`/admin/instrucciones/${entry.instruction_id}`}>${words.instruction}</a>: ${words.report[entry.status]}
        ${entry.error_message === '' ? null : html` (${entry.error_message})`} · <${Time} at=${entry.at} />
      </span>
      ${
        entry.response === null
          ? null
          : html`
              <details>
                <summary>${words.answer}</summary>
                <${JsonText} value=${entry.response} label=${words.copyAnswer} />
              </details>
            `
      }
    </div>
  `;
}

function Pressed({ entry }: { entry: EntryOf<'press'> }) {
  const text = entry.action === '' ? words.pressedNothing : words.press(entry.action);
  const to = entry.instruction_id
    ? `/admin/instrucciones/${entry.instruction_id}`
    : entry.push_id && `/admin/mensajes/${entry.push_id}`;
  return html`
    <div class="chat-event">
      <span>${to ? html`<a href=${to}>${text}</a>` : text} · <${Time} at=${entry.at} /></span>
    </div>
  `;
}
