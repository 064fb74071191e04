import { type Press, type PressOutcome, press } from '../buttons/press.ts';
import type { Database, Tx } from '../db/open.ts';
import type { UpdateOutcome } from '../db/schema.ts';
import { statement } from '../db/statement.ts';
import { HubError } from '../errors.ts';
import type { Events } from '../events.ts';
import { keepFiles } from '../instructions/files.ts';
import type { DeliverySettings } from '../instructions/instruction.ts';
import { adoptUnassigned } from '../instructions/reassign.ts';
import { type HandOut, type Submission, submit } from '../instructions/submit.ts';
import { enqueue, hubSentence, type Waker } from '../push/enqueue.ts';
import type { InlineKeyboard } from '../push/message.ts';
import { tpvById, tpvByJoinCode } from '../tpvs/tpv.ts';
import { type AssignPorts, assign, markUnassignedTold, moveUser } from '../users/assign.ts';
import { type Profile, storable, type TouchedUser, touchUser } from '../users/user.ts';
import { type Meaning, meaningOf } from './meaning.ts';
import { texts } from './texts.ts';
import { ALLOWED_UPDATES, type From, type Update, updateSchema } from './update.ts';

export interface ReceivePorts {
  db: Database;
  events: Events;
  handOut: HandOut;
  assigning: AssignPorts;
  /** Who sends what the hub itself says. */
  waker: Waker;
  /** A press was committed, and asks for something. */
  onPress(press: Press, outcome: PressOutcome): void;
  settings: Pick<DeliverySettings, 'instructionTtlMs' | 'pressTtlMs'>;
  forwardStart: boolean;
  forwardEdits: boolean;
  now(): number;
  /** Gets what went wrong with an update that was kept all the same. */
  onFault(error: unknown): void;
  /** Counts what came in. */
  onUpdate(kind: string, outcome: UpdateOutcome | 'duplicate'): void;
}

const keepUpdate = statement<{
  updateId: number | null;
  kind: string;
  outcome: UpdateOutcome;
  reason: string | null;
  raw: Uint8Array | null;
  now: number;
}>()((db, p) =>
  db
    .insertInto('telegram_updates')
    .values({
      update_id: p('updateId'),
      kind: p('kind'),
      outcome: p('outcome'),
      reason: p('reason'),
      raw: p('raw'),
      received_at: p('now'),
    })
    .onConflict((c) => c.column('update_id').doNothing())
    .returning('seq'),
);

/**
 * Takes one update as it came, and resolves once it is committed: as an instruction, as something that the hub
 * answers itself, or kept with the reason why not. The same `update_id` again changes nothing.
 * @throws HubError `unavailable` where it could not be committed; Telegram then sends it again
 */
export async function receiveUpdate(ports: ReceivePorts, raw: Buffer): Promise<void> {
  const read = readUpdate(raw);
  const now = ports.now();
  if ('reason' in read) {
    await keep(ports, { ...read, outcome: 'quarantined', raw, now });
    return;
  }
  const { update, kind } = read;
  const meaning = meaningOf(update, ports);
  if (meaning.kind === 'none') {
    await keep(ports, { updateId: update.update_id, kind, outcome: 'kept', reason: meaning.reason, raw, now });
    return;
  }
  const forwarded = meaning.kind === 'instruction' || (meaning.kind === 'start' && ports.forwardStart);
  const outcome: UpdateOutcome = forwarded ? 'instruction' : 'answered';
  try {
    await ports.db.transact(async (tx) => {
      const row = { updateId: update.update_id, kind, outcome, reason: null, raw: null, now };
      const [kept] = await tx.run(keepUpdate, row);
      tx.afterCommit(() => ports.onUpdate(kind, kept === undefined ? 'duplicate' : outcome));
      if (kept !== undefined) await obey(tx, ports, update.update_id, meaning, now);
    });
  } catch (error) {
    if (error instanceof HubError) throw error;
    // A fault of the program must not make Telegram repeat this update for ever and hold its chat back.
    ports.onFault(error);
    await keep(ports, { updateId: update.update_id, kind, outcome: 'quarantined', reason: 'internal fault', raw, now });
  }
}

async function keep(
  ports: ReceivePorts,
  row: {
    updateId: number | null;
    kind: string;
    outcome: 'kept' | 'quarantined';
    reason: string;
    raw: Buffer;
    now: number;
  },
): Promise<void> {
  await ports.db.transact(async (tx) => {
    const [kept] = await tx.run(keepUpdate, row);
    tx.afterCommit(() => ports.onUpdate(row.kind, kept === undefined ? 'duplicate' : row.outcome));
  });
}

type Read = { update: Update; kind: string } | { updateId: number | null; kind: string; reason: string };

function readUpdate(raw: Buffer): Read {
  let body: unknown;
  try {
    body = JSON.parse(raw.toString());
  } catch {
    return { updateId: null, kind: 'unreadable', reason: 'not JSON' };
  }
  const parsed = updateSchema.safeParse(body);
  const kind = kindOf(body);
  if (parsed.success) return { update: parsed.data, kind };
  const [issue] = parsed.error.issues;
  const reason = `${issue?.path.join('.') || 'update'}: ${issue?.message ?? 'not understood'}`;
  return { updateId: updateIdOf(body), kind, reason };
}

/** The field beside `update_id`; one of Telegram's kinds, or `unknown`. */
function kindOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return 'unreadable';
  const known = ALLOWED_UPDATES.find((kind) => kind in body);
  return (
    known ??
    storable(
      Object.keys(body)
        .find((key) => key !== 'update_id')
        ?.slice(0, 64) ?? 'unknown',
    )
  );
}

function updateIdOf(body: unknown): number | null {
  if (typeof body !== 'object' || body === null || !('update_id' in body)) return null;
  return Number.isSafeInteger(body.update_id) ? Number(body.update_id) : null;
}

function profileOf(from: From): Profile {
  return {
    telegramId: from.id,
    username: from.username ?? null,
    firstName: from.first_name,
    lastName: from.last_name ?? '',
    languageCode: from.language_code ?? '',
  };
}

type Understood = Exclude<Meaning, { kind: 'none' }>;

async function obey(tx: Tx, ports: ReceivePorts, updateId: number, meaning: Understood, now: number): Promise<void> {
  const { from } = meaning;
  const say = (text: string, keyboard?: InlineKeyboard) =>
    enqueue(tx, ports.waker, hubSentence(from.id, text, keyboard), now);
  switch (meaning.kind) {
    case 'membership':
      await touchUser(tx, profileOf(from), now, meaning.active);
      return;
    case 'instruction': {
      const user = await touchUser(tx, profileOf(from), now);
      const tpvId = user.tpvId ?? (await findTpv(tx, ports, from, user, now));
      const one = submission(ports, updateId, tpvId, from, meaning.command, meaning.payload);
      const id = await submit(tx, ports.handOut, one, now);
      if (meaning.attachments.length > 0) await keepFiles(tx, id, meaning.attachments);
      return;
    }
    case 'start': {
      const user = await touchUser(tx, profileOf(from), now);
      const tpvId = await welcome(tx, ports, from, user, meaning.code, say);
      if (!ports.forwardStart) return;
      await submit(
        tx,
        ports.handOut,
        submission(ports, updateId, tpvId, from, 'process_message', meaning.payload),
        now,
      );
      return;
    }
    case 'id':
      await touchUser(tx, profileOf(from), now);
      await say(texts.yourId(from.id), copyId(from.id));
      return;
    case 'help':
      await touchUser(tx, profileOf(from), now);
      await say(texts.help);
      return;
    case 'press': {
      const one = pressOf(updateId, meaning);
      const outcome = await press(tx, { handOut: ports.handOut, ttlMs: ports.settings.pressTtlMs }, one, now);
      tx.afterCommit(() => ports.onPress(one, outcome));
      return;
    }
    default:
      meaning satisfies never;
  }
}

function submission(
  ports: ReceivePorts,
  updateId: number,
  tpvId: string | null,
  from: From,
  command: string,
  payload: string,
): Submission {
  return {
    updateId,
    tpvId,
    telegramUserId: from.id,
    telegramUsername: from.username === undefined ? null : storable(from.username),
    command,
    payload,
    ttlMs: ports.settings.instructionTtlMs,
  };
}

/** Assigns somebody who wrote; where nobody can attend them they are told so, once. */
async function findTpv(
  tx: Tx,
  ports: ReceivePorts,
  from: From,
  user: TouchedUser,
  now: number,
): Promise<string | null> {
  const tpvId = await assign(tx, ports.assigning, from.id);
  if (tpvId !== undefined) {
    await adoptUnassigned(tx, ports.events, from.id, tpvId);
    return tpvId;
  }
  if (!user.told) {
    await markUnassignedTold(tx, from.id, now);
    await enqueue(tx, ports.waker, hubSentence(from.id, texts.unassigned), now);
  }
  return null;
}

/** `/start`, perhaps with a join code: assigns, and says who attends. */
async function welcome(
  tx: Tx,
  ports: ReceivePorts,
  from: From,
  user: TouchedUser,
  code: string | undefined,
  say: (text: string, keyboard?: InlineKeyboard) => Promise<unknown>,
): Promise<string | null> {
  let tpvId = user.tpvId;
  const problem = code === undefined ? undefined : await join(tx, from.id, code);
  if (problem !== undefined && typeof problem === 'object') tpvId = problem.tpvId;
  if (typeof problem === 'string') await say(problem);
  tpvId ??= (await assign(tx, ports.assigning, from.id)) ?? null;
  if (tpvId !== null) await adoptUnassigned(tx, ports.events, from.id, tpvId);
  const [tpv] = tpvId === null ? [] : await tx.run(tpvById, { id: tpvId });
  const greeting =
    tpv === undefined ? texts.welcomeUnassigned(from.first_name) : texts.welcome(from.first_name, tpv.name);
  await say(`${greeting}\n\n${texts.yourId(from.id)}`, copyId(from.id));
  return tpvId;
}

/** @returns the TPV that the code led to, or the sentence that says why it did not */
async function join(tx: Tx, telegramId: number, code: string): Promise<{ tpvId: string } | string> {
  const [tpv] = await tx.run(tpvByJoinCode, { code: storable(code) });
  if (tpv === undefined) return texts.joinCodeUnknown;
  return (await moveUser(tx, telegramId, tpv.id)) === 'full' ? texts.joinCodeFull : { tpvId: tpv.id };
}

/** A button that copies the person's id. */
function copyId(id: number): InlineKeyboard {
  return [[{ text: texts.copyId, copy_text: { text: String(id) } }]];
}

function pressOf(updateId: number, { from, queryId, messageId, data }: Extract<Meaning, { kind: 'press' }>): Press {
  const telegramUsername = from.username === undefined ? null : storable(from.username);
  return { updateId, queryId, telegramUserId: from.id, telegramUsername, messageId, data: storable(data) };
}
