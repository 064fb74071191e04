import type { Insertable } from 'kysely';
import { DEFAULT_DELIVERY, FINAL_STATUSES, OPEN_STATUSES } from '#protocol';
import { inChunks } from '../../db/chunks.ts';
import { jsonText } from '../../db/json-text.ts';
import type { Database } from '../../db/open.ts';
import type { InstructionTable } from '../../db/schema.ts';
import { POLL_HOLDER } from '../../instructions/instruction.ts';
import type { DjangoSource, RawRow } from './django-source.ts';
import { isObject, jsonOf, numberOf, textOf, timeOf } from './django-values.ts';
import { leavingOut, missingRow, PAGE, partiesOf, presentIds, type RowContext } from './imported-rows.ts';

/** The former service let those without a time wait for ever. */
const LIFE_WITHOUT_EXPIRY_MS = 86_400_000;
/** What a TPV was working on stays its own for so long, as after a report (docs/reliability.md). */
const LEASE_MS = {
  sent: DEFAULT_DELIVERY.sentLeaseMs,
  delivered: DEFAULT_DELIVERY.processingLeaseMs,
  processing: DEFAULT_DELIVERY.processingLeaseMs,
} as const;
const TABLE = 'webhook_instruction';
const MOST_PRIORITY = 10;
const KNOWN_STATUSES: readonly string[] = [...OPEN_STATUSES, ...FINAL_STATUSES];

/** Looks at the instructions that are open; the others have done their work. */
export async function planInstructions(
  source: DjangoSource,
  context: RowContext,
): Promise<Insertable<InstructionTable>[]> {
  const { tally } = context;
  if ((await source.columns(TABLE)).length === 0) return [];
  for (const { status, count } of await source.rows(
    `select status, count(*) as count from ${TABLE} group by status order by status`,
  )) {
    const name = textOf(status);
    const many = numberOf(count) ?? 0;
    if (FINAL_STATUSES.some((one) => one === name)) tally.leaveOut('instructions', undefined, many);
    else if (!KNOWN_STATUSES.includes(name)) {
      tally.leaveOut('instructions', `${many} instructions are "${name}", which the hub does not know.`, many);
    }
  }
  const open = OPEN_STATUSES.map((status) => `'${status}'`).join(', ');
  const raws = await source.rows(`select * from ${TABLE} where status in (${open}) order by created_at, id`);
  const there = await presentIds(context.db, 'instructions', raws);
  return raws.flatMap((raw) => planInstruction(raw, context, there) ?? []);
}

function planInstruction(
  raw: RawRow,
  context: RowContext,
  there: ReadonlySet<string>,
): Insertable<InstructionTable> | undefined {
  const { tally, now } = context;
  const leaveOut = leavingOut(raw, 'instructions', tally);
  const row = missingRow(raw, 'instructions', context, there, leaveOut);
  if (row === undefined) return undefined;
  const expiresAt = timeOf(raw.expires_at) ?? now + LIFE_WITHOUT_EXPIRY_MS;
  if (expiresAt <= now) return leaveOut();
  const parties = partiesOf(raw, context, leaveOut);
  if (parties === undefined) return undefined;
  const { person, tpvId } = parties;
  const payload = jsonOf(raw.payload);
  if (!isObject(payload)) return leaveOut('its payload is no JSON object');
  tally.create('instructions');
  // Only these were asked for.
  const status = textOf(raw.status) as (typeof OPEN_STATUSES)[number];
  return {
    id: row.id,
    update_id: null,
    tpv_id: tpvId,
    telegram_user_id: person.telegramId,
    telegram_username: person.username,
    command: textOf(raw.command),
    payload: jsonText(payload),
    status,
    priority: Math.min(MOST_PRIORITY, Math.max(1, numberOf(raw.priority) ?? 1)),
    created_at: row.createdAt,
    sent_at: timeOf(raw.sent_at) ?? null,
    delivered_at: timeOf(raw.delivered_at) ?? null,
    completed_at: null,
    expires_at: expiresAt,
    response: null,
    error_message: textOf(raw.error_message),
    retry_count: Math.max(0, numberOf(raw.retry_count) ?? 0),
    // The TPV fetched it from the former service, and may still report on it under the same id.
    holder: status === 'pending' ? null : POLL_HOLDER,
    due_at: status === 'pending' ? expiresAt : Math.min(expiresAt, now + LEASE_MS[status]),
  };
}

export async function createInstructions(db: Database, rows: readonly Insertable<InstructionTable>[]): Promise<void> {
  await inChunks(rows, PAGE, (page) =>
    db.transact((tx) =>
      tx.kysely
        .insertInto('instructions')
        .values(page)
        .onConflict((c) => c.column('id').doNothing())
        .execute(),
    ),
  );
}
