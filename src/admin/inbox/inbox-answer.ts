import { isFinal, PRESS_COMMAND } from '#protocol';
import type { Database } from '../../db/open.ts';
import type { InstructionRow } from '../../instructions/instruction.ts';
import { excerptOf } from '../../instructions/instruction-list.ts';
import { isoTime } from '../../iso-time.ts';
import { hasMarkup, type PushRow } from '../../push/message.ts';
import { plainOfMarkup } from '../../settings/telegram-markup.ts';
import { beginningOf } from '../instruction-answer.ts';
import type { Conversation } from '../schemas/inbox.ts';
import { userSummaryOf } from '../user-answer.ts';
import type { ListedConversation } from './inbox-list.ts';
import { unreadOf } from './read-marks.ts';

const SAID = ['seq', 'id', 'command', 'payload', 'status', 'retried_as', 'created_at', 'error_message'] as const;
type Said = Pick<InstructionRow, (typeof SAID)[number]>;

const TOLD = ['seq', 'tpv_id', 'parse_mode', 'sent_as_plain', 'kind', 'text', 'created_at'] as const;
type Told = Pick<PushRow, (typeof TOLD)[number]>;

/** Characters of a message that are looked at for its beginning; its markup may be thirty thousand. */
const MOST_READ = 2_000;

/** Conversations as the inbox lists them: what was said last, how it stands, and whether this account has read it. */
export async function conversationsOf(
  db: Database,
  rows: readonly ListedConversation[],
  adminId: string | undefined,
): Promise<Conversation[]> {
  const [said, told] = await Promise.all([
    saidRows(
      db,
      rows.flatMap((row) => [row.said, row.because]),
    ),
    toldRows(
      db,
      rows.map((row) => row.told),
    ),
  ]);
  const isUnread = await unreadOf(
    db,
    adminId,
    rows.map((row) => row.telegram_id),
  );
  return rows.map((row): Conversation => {
    const newest = row.said === null ? undefined : said.get(row.said);
    const shown = row.because === null ? newest : said.get(row.because);
    return {
      user: userSummaryOf(row),
      at: isoTime(row.at),
      state: stateOf(shown, row.unanswered === 1),
      last: lastOf(shown, row.because === null && row.told !== null ? told.get(row.told) : undefined),
      error_message: shown?.status === 'failed' ? shown.error_message : '',
      unread: isUnread(row.telegram_id, newest && { seq: newest.seq, createdAt: newest.created_at }),
    };
  });
}

async function saidRows(db: Database, seqs: readonly (number | null)[]): Promise<ReadonlyMap<number, Said>> {
  const wanted = known(seqs);
  if (wanted.length === 0) return new Map();
  const rows = await db.read.selectFrom('instructions').select(SAID).where('seq', 'in', wanted).execute();
  return new Map(rows.map((row) => [row.seq, row]));
}

async function toldRows(db: Database, seqs: readonly (number | null)[]): Promise<ReadonlyMap<number, Told>> {
  const wanted = known(seqs);
  if (wanted.length === 0) return new Map();
  const rows = await db.read.selectFrom('push_messages').select(TOLD).where('seq', 'in', wanted).execute();
  return new Map(rows.map((row) => [row.seq, row]));
}

function known(seqs: readonly (number | null)[]): number[] {
  return [...new Set(seqs.filter((seq) => seq !== null))];
}

function stateOf(said: Said | undefined, unanswered: boolean): Conversation['state'] {
  if (said !== undefined && !isFinal(said.status)) return 'waiting';
  if (said?.status === 'failed' && said.retried_as === null) return 'failed';
  return unanswered ? 'unanswered' : 'answered';
}

/** The later of what the person said and what they were told. */
function lastOf(said: Said | undefined, told: Told | undefined): Conversation['last'] {
  if (told !== undefined && (said === undefined || told.created_at >= said.created_at)) {
    const text = told.text.slice(0, MOST_READ);
    const words = hasMarkup(told) ? plainOfMarkup(text) : text;
    return { from: told.tpv_id === null ? 'operator' : 'tpv', kind: told.kind, text: beginningOf(words) };
  }
  if (said === undefined) return null;
  const kind = said.command === PRESS_COMMAND ? 'press' : 'text';
  return { from: 'person', kind, text: beginningOf(excerptOf(said)) };
}
