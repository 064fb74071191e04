import type { Database } from '../db/open.ts';
import type { UpdateOutcome } from '../db/schema.ts';
import { statement } from '../db/statement.ts';
import { HubError } from '../errors.ts';
import { storable } from '../users/user.ts';
import { meaningOf } from './meaning.ts';
import { type ObeyPorts, obey } from './obey.ts';
import { ALLOWED_UPDATES, type Update, updateSchema } from './update.ts';

export interface ReceivePorts extends ObeyPorts {
  db: Database;
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
