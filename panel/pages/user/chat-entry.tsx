import type { TimelineEntry } from '../../../src/admin/schemas/users.ts';
import { Bubble } from '../../components/bubble.tsx';
import { JsonText } from '../../components/json-text.tsx';
import { InstructionBadge, PushBadge } from '../../components/status.tsx';
import { TelegramText } from '../../components/telegram-text.tsx';
import { Time } from '../../components/time.tsx';
import { userWords } from '../../words/user.ts';

const words = userWords.conversation;

type EntryOf<Kind extends TimelineEntry['kind']> = Extract<TimelineEntry, { kind: Kind }>;

/** One thing that happened between a person and the hub. */
export function ChatEntry({ entry }: { entry: TimelineEntry }) {
  switch (entry.kind) {
    case 'instruction':
      return <Said entry={entry} />;
    case 'push':
      return <Told entry={entry} />;
    case 'report':
      return <Reported entry={entry} />;
    case 'press':
      return <Pressed entry={entry} />;
    default:
      return entry satisfies never;
  }
}

function Said({ entry }: { entry: EntryOf<'instruction'> }) {
  return (
    <Bubble
      side="in"
      meta={
        <>
          <Time at={entry.at} /> <InstructionBadge status={entry.status} />
          <a href={`/admin/instrucciones/${entry.instruction_id}`}>{words.story}</a>
        </>
      }
    >
      {entry.text === '' ? <em>{words.attachment}</em> : <TelegramText text={entry.text} markup={false} />}
    </Bubble>
  );
}

function Told({ entry }: { entry: EntryOf<'push'> }) {
  return (
    <Bubble
      side="out"
      meta={
        <>
          <span>{entry.tpv?.name ?? words.hub}</span> <Time at={entry.at} /> <PushBadge status={entry.status} />
          <a href={`/admin/mensajes/${entry.push_id}`}>{words.message}</a>
        </>
      }
    >
      {entry.kind_of_message === 'text' ? null : <em>{words.kinds[entry.kind_of_message]}</em>}
      <TelegramText text={entry.text} markup={entry.has_markup} />
      {entry.error_message === '' ? null : <p class="bad-text">{entry.error_message}</p>}
    </Bubble>
  );
}

function Reported({ entry }: { entry: EntryOf<'report'> }) {
  return (
    <div class="chat-event">
      <span>
        <a href={`/admin/instrucciones/${entry.instruction_id}`}>{words.instruction}</a>: {words.report[entry.status]}
        {entry.error_message === '' ? null : <> ({entry.error_message})</>} · <Time at={entry.at} />
      </span>
      {entry.response === null ? null : (
        <details>
          <summary>{words.answer}</summary>
          <JsonText value={entry.response} label={words.copyAnswer} />
        </details>
      )}
    </div>
  );
}

function Pressed({ entry }: { entry: EntryOf<'press'> }) {
  const text = entry.action === '' ? words.pressedNothing : words.press(entry.action);
  const to = entry.instruction_id
    ? `/admin/instrucciones/${entry.instruction_id}`
    : entry.push_id && `/admin/mensajes/${entry.push_id}`;
  return (
    <div class="chat-event">
      <span>
        {to ? <a href={to}>{text}</a> : text} · <Time at={entry.at} />
      </span>
    </div>
  );
}
