import type { TimelineEntry, UserDetail } from '../../../src/admin/schemas/users.ts';
import { Bubble } from '../../components/bubble.tsx';
import { JsonText } from '../../components/json-text.tsx';
import { PushWriter } from '../../components/push-writer.tsx';
import { InstructionBadge, PushBadge } from '../../components/status.tsx';
import { TelegramText } from '../../components/telegram-text.tsx';
import { Time } from '../../components/time.tsx';
import { personName, relative } from '../../format.ts';
import { canAttend, canChange, seesAll } from '../../session.ts';
import { pushesWords } from '../../words/pushes.ts';
import { userWords } from '../../words/user.ts';
import { InstructionActions } from '../instruction/instruction-actions.tsx';
import { PushActions } from '../push/push-actions.tsx';
import { ChatFile, ChatFiles } from './chat-files.tsx';

const words = userWords.conversation;

type EntryOf<Kind extends TimelineEntry['kind']> = Extract<TimelineEntry, { kind: Kind }>;

export interface ChatEntryProps<Kind extends TimelineEntry['kind'] = TimelineEntry['kind']> {
  entry: EntryOf<Kind>;
  user: UserDetail;
  /** What the TPV said last of the instruction. */
  report: EntryOf<'report'> | undefined;
  reload(): void;
}

/** One thing that happened between a person and the hub. */
export function ChatEntry({ entry, ...rest }: ChatEntryProps) {
  switch (entry.kind) {
    case 'instruction':
      return <Said entry={entry} {...rest} />;
    case 'push':
      return entry.writer === 'hub' ? <Sentence entry={entry} /> : <Told entry={entry} {...rest} />;
    case 'report':
      return <Reported entry={entry} />;
    case 'press':
      return <Pressed entry={entry} {...rest} />;
    default:
      return entry satisfies never;
  }
}

function Said({ entry, user, report, reload }: ChatEntryProps<'instruction'>) {
  const { instruction_id: id, allowed, command, text, files, status } = entry;
  // What succeeded is sent once more from its own page only: here a click must not double an order.
  const offered = allowed.filter((action) => action !== 'retry' || status === 'failed');
  const instruction = { id, allowed: offered, command, excerpt: text, user: named(user) };
  return (
    <Bubble
      side="in"
      meta={
        <>
          <Time at={entry.at} /> <InstructionBadge status={status} />
          {entry.retried_as === null ? null : (
            <a href={`/admin/instrucciones/${entry.retried_as}`}>{words.retriedAs}</a>
          )}
          <a href={`/admin/instrucciones/${id}`}>{words.story}</a>
          {report === undefined ? null : <Report report={report} />}
        </>
      }
      actions={
        canAttend.value && offered.length > 0 ? (
          <InstructionActions instruction={instruction} size="small" reload={reload} onRetried={reload} />
        ) : null
      }
    >
      <ChatFiles instructionId={id} files={files} person={personName(user)} />
      {text === '' && files.length === 0 ? <em>{words.attachment}</em> : null}
      {text === '' ? null : <TelegramText text={text} markup={false} />}
    </Bubble>
  );
}

function Told({ entry, user, reload }: ChatEntryProps<'push'>) {
  const { push_id: id, status } = entry;
  const pressedBy = (at: string | null) => (at === null ? undefined : words.pressedBy(personName(user), relative(at)));
  const push = { id, status: status === 'sending' ? 'pending' : status, user: named(user) } as const;
  return (
    <Bubble
      side="out"
      buttons={entry.buttons.map((row) =>
        row.map(({ pressed_at: at, ...one }) => ({ ...one, pressed: pressedBy(at) })),
      )}
      meta={
        <>
          <PushWriter push={entry} /> <Time at={entry.at} /> <PushBadge status={status} />
          {seesAll.value || entry.tpv !== null ? <a href={`/admin/mensajes/${id}`}>{words.message}</a> : null}
        </>
      }
      actions={
        canChange.value && (status === 'failed' || status === 'unknown') ? (
          <PushActions push={push} size="small" reload={reload} />
        ) : null
      }
    >
      {entry.kind_of_message === 'text' || entry.file !== null ? null : <em>{words.kinds[entry.kind_of_message]}</em>}
      {entry.file === null ? null : (
        <ChatFile url={`/api/admin/pushes/${id}/file`} file={entry.file} sender={entry.tpv?.name ?? ''} />
      )}
      <TelegramText text={entry.text} markup={entry.has_markup} />
      {entry.error_message === '' ? null : <p class="bad-text">{entry.error_message}</p>}
    </Bubble>
  );
}

/** What the hub itself says stands back behind what people say. */
function Sentence({ entry }: { entry: EntryOf<'push'> }) {
  return (
    <div class="chat-event chat-sentence">
      <TelegramText text={entry.text} markup={entry.has_markup} />
      <span>
        <a href={`/admin/mensajes/${entry.push_id}`}>{pushesWords.hub}</a> · <Time at={entry.at} />{' '}
        {entry.status === 'sent' ? null : <PushBadge status={entry.status} />}
      </span>
    </div>
  );
}

/** What the TPV said of an instruction, in the margin of its message. */
function Report({ report }: { report: EntryOf<'report'> }) {
  return (
    <>
      {report.error_message === '' ? null : <span class="bad-text">{report.error_message}</span>}
      {report.response === null ? null : (
        <details>
          <summary>{words.answer}</summary>
          <JsonText value={report.response} label={words.copyAnswer} />
        </details>
      )}
    </>
  );
}

/** A report whose message stands on an older page. */
function Reported({ entry }: { entry: EntryOf<'report'> }) {
  return (
    <div class="chat-event">
      <span>
        <a href={`/admin/instrucciones/${entry.instruction_id}`}>{words.instruction}</a>{' '}
        <InstructionBadge status={entry.status} /> · <Time at={entry.at} />
      </span>
      <Report report={entry} />
    </div>
  );
}

function Pressed({ entry, report }: ChatEntryProps<'press'>) {
  const text = entry.action === '' ? words.pressedNothing : words.press(entry.action);
  const to = entry.instruction_id
    ? `/admin/instrucciones/${entry.instruction_id}`
    : entry.push_id && `/admin/mensajes/${entry.push_id}`;
  return (
    <div class="chat-event">
      <span>
        {to ? <a href={to}>{text}</a> : text} · <Time at={entry.at} />{' '}
        {report === undefined ? null : <InstructionBadge status={report.status} />}
      </span>
      {report === undefined ? null : <Report report={report} />}
    </div>
  );
}

function named(user: UserDetail) {
  return { telegram_id: user.telegram_id, name: personName(user), username: user.username };
}
