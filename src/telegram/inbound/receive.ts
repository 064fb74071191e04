import type { Kysely } from 'kysely';
import type { Database, Tx } from '../../db/open.ts';
import { storable } from '../../db/plain-text.ts';
import type { Schema, UpdateOutcome } from '../../db/schema.ts';
import { type Parameters, statement } from '../../db/statement.ts';
import { HubError } from '../../errors.ts';
import type { EventOf } from '../../events.ts';
import { exceededBound, JSON_BOUNDS } from '../../json-bounds.ts';
import { personKey } from '../../users/user.ts';
import { type ApplyPorts, applyUpdate, sayUnreadable } from './apply.ts';
import { type Meaning, meaningOf, type Told } from './meaning.ts';
import { ALLOWED_UPDATES, dropNulls, type Update, updateSchema } from './update.ts';

export interface ReceivePorts extends ApplyPorts {
  db: Database;
  forwardEdits: boolean;
  now(): number;
  /** Gets what went wrong with an update that was kept all the same. */
  onFault(error: unknown): void;
}

/** What an update was, and became; the log follows these ids. */
export interface Received {
  updateId: number | null;
  /** Undefined if it became none, or had become one before. */
  instructionId?: string | undefined;
}

interface Kept {
  updateId: number | null;
  kind: string;
  outcome: UpdateOutcome;
  reason: string | null;
  raw: Uint8Array | null;
  now: number;
}

const keepUpdate = statement<Kept>()(insertUpdate);
/** The same, for one that an administrator looks at by its number. */
const putUpdateAside = statement<Kept>()((db, p) => insertUpdate(db, p).returning('seq'));

function insertUpdate(db: Kysely<Schema>, p: Parameters<Kept>) {
  return db
    .insertInto('telegram_updates')
    .values({
      update_id: p('updateId'),
      kind: p('kind'),
      outcome: p('outcome'),
      reason: p('reason'),
      raw: p('raw'),
      received_at: p('now'),
    })
    .onConflict((c) => c.column('update_id').doNothing());
}

/**
 * Takes one update as it came, and resolves once it is committed: as an instruction, as something that the hub
 * answers itself, or kept with the reason why not. The same `update_id` again changes nothing.
 * @param onKept called as soon as it is committed, before anything that comes of it is told
 * @throws HubError `unavailable` if it could not be committed; Telegram then sends it again
 */
export async function receiveUpdate(ports: ReceivePorts, raw: Buffer, onKept?: () => void): Promise<Received> {
  const understood = understand(ports, raw);
  const now = ports.now();
  const { updateId, kind } = understood;
  try {
    if ('reason' in understood) return await keep(ports, { ...understood, raw, now });
    const key = personKey(understood.meaning.from.id);
    const keeping = (tx: Tx) => {
      if (onKept !== undefined) tx.answer(onKept);
      return take(tx, ports, understood, now);
    };
    const { instructionId } = await ports.db.transact(keeping, { key });
    return { updateId, instructionId };
  } catch (error) {
    // The database will take it later; whatever else fails would fail again, and Telegram would repeat this update for
    // ever and hold its chat back.
    if (error instanceof HubError && error.code === 'unavailable') throw error;
    ports.onFault(error);
    return keep(ports, { updateId, kind, outcome: 'quarantined', reason: INTERNAL_FAULT, raw, now });
  }
}

/** Why an update is in the quarantine that the program failed on. */
export const INTERNAL_FAULT = 'internal fault';

/** An update that asks the hub for something. */
export interface Understood {
  updateId: number;
  kind: string;
  outcome: 'instruction' | 'answered';
  meaning: Exclude<Meaning, { kind: 'none' }>;
}

/** One that the hub has no use for, or can't read. */
export interface PutAside {
  updateId: number | null;
  kind: string;
  outcome: 'kept' | 'quarantined';
  reason: string;
  /** A person who should hear that it can't be read. */
  tell?: Told | undefined;
}

/** Reads what came, whatever it is; never throws. */
export function understand(
  ports: Pick<ReceivePorts, 'forwardEdits' | 'forwardStart' | 'onFault'>,
  raw: Buffer,
): Understood | PutAside {
  const read = readUpdate(raw);
  if ('reason' in read) return { ...read, outcome: 'quarantined' };
  const { update, kind } = read;
  const updateId = update.update_id;
  let meaning: Meaning;
  try {
    meaning = meaningOf(update, ports);
  } catch (error) {
    ports.onFault(error);
    return { updateId, kind, outcome: 'quarantined', reason: INTERNAL_FAULT };
  }
  if (meaning.kind === 'none') {
    return { updateId, kind, outcome: 'kept', reason: meaning.reason, tell: meaning.tell };
  }
  const forwarded = meaning.kind === 'instruction' || (meaning.kind === 'start' && ports.forwardStart);
  return { updateId, kind, outcome: forwarded ? 'instruction' : 'answered', meaning };
}

/** Keeps an update, and does what it asks for, once. */
export async function take(
  tx: Tx,
  ports: ReceivePorts,
  { updateId, kind, outcome, meaning }: Understood,
  now: number,
): Promise<{ outcome: Understood['outcome'] | 'duplicate'; instructionId: string | undefined }> {
  const isNew = (await tx.write(keepUpdate, { updateId, kind, outcome, reason: null, raw: null, now })) > 0;
  sayReceived(tx, kind, isNew ? outcome : 'duplicate');
  if (!isNew) return { outcome: 'duplicate', instructionId: undefined };
  return { outcome, instructionId: await applyUpdate(tx, ports, updateId, meaning, now) };
}

async function keep(ports: ReceivePorts, { tell, ...row }: PutAside & { raw: Buffer; now: number }): Promise<Received> {
  await ports.db.transact(async (tx) => {
    const [kept] = await tx.run(putUpdateAside, row);
    sayReceived(tx, row.kind, kept === undefined ? 'duplicate' : row.outcome);
    if (kept === undefined) return;
    tx.changed('update', String(kept.seq));
    if (tell !== undefined) await sayUnreadable(tx, ports, tell, row.now);
  });
  return { updateId: row.updateId };
}

function sayReceived(tx: Tx, kind: string, outcome: EventOf<'update.received'>['outcome']): void {
  // A kind that the hub does not ask for may be any text.
  const known = ALLOWED_UPDATES.some((one) => one === kind);
  tx.emit({ type: 'update.received', kind: known ? kind : 'other', outcome });
}

type Read = { update: Update; kind: string } | { updateId: number | null; kind: string; reason: string };

function readUpdate(raw: Buffer): Read {
  let body: unknown;
  try {
    const text = raw.toString();
    const exceeded = exceededBound(text, JSON_BOUNDS);
    if (exceeded !== undefined) {
      return { updateId: null, kind: 'unreadable', reason: `exceeds the bound of ${exceeded}` };
    }
    body = JSON.parse(text);
  } catch {
    return { updateId: null, kind: 'unreadable', reason: 'not JSON' };
  }
  const kind = kindOf(body);
  if (typeof body === 'object' && body !== null) dropNulls(body);
  const parsed = updateSchema.safeParse(body);
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

/** Null where it has none. */
export function updateIdOf(body: unknown): number | null {
  if (typeof body !== 'object' || body === null || !('update_id' in body)) return null;
  return Number.isSafeInteger(body.update_id) ? Number(body.update_id) : null;
}
