import type { Insertable } from 'kysely';
import { DEFAULT_DELIVERY, FINAL_STATUSES, OPEN_STATUSES } from '#protocol';
import { inChunks } from '../../db/chunks.ts';
import type { Database } from '../../db/open.ts';
import type { InstructionTable } from '../../db/schema.ts';
import { POLL_HOLDER } from '../../instructions/instruction.ts';
import type { DjangoSource, RawRow } from './django-source.ts';
import { isObject, jsonOf, numberOf, textOf, timeOf, uuidOf } from './django-values.ts';
import type { Person } from './imported-people.ts';
import type { KnownTpv } from './imported-tpvs.ts';
import type { Tally } from './tally.ts';

/** The former service let those without a time wait for ever. */
const LIFE_WITHOUT_EXPIRY_MS = 86_400_000;
/** What a TPV was working on stays its own for so long, as after a report (docs/reliability.md). */
const LEASE_MS = {
  sent: DEFAULT_DELIVERY.sentLeaseMs,
  delivered: DEFAULT_DELIVERY.processingLeaseMs,
  processing: DEFAULT_DELIVERY.processingLeaseMs,
} as const;
const MOST_PRIORITY = 10;
const PAGE = 200;
const KNOWN_STATUSES: readonly string[] = [...OPEN_STATUSES, ...FINAL_STATUSES];

export interface InstructionContext {
  db: Database;
  tpvs: ReadonlyMap<string, KnownTpv>;
  people: ReadonlyMap<string, Person>;
  tally: Tally;
  now: number;
  /** When an import was last completed: what is older and not here any more has ended here since. */
  importedAt: number | undefined;
}

/** Looks at the instructions that are open; the others have done their work. */
export async function planInstructions(
  source: DjangoSource,
  context: InstructionContext,
): Promise<Insertable<InstructionTable>[]> {
  const { tally } = context;
  for (const { status, count } of await source.rows(
    'select status, count(*) as count from webhook_instruction group by status order by status',
  )) {
    const name = textOf(status);
    const many = numberOf(count) ?? 0;
    if (FINAL_STATUSES.some((one) => one === name)) tally.leaveOut('instructions', undefined, many);
    else if (!KNOWN_STATUSES.includes(name)) {
      tally.leaveOut('instructions', `${many} instructions are "${name}", which the hub does not know.`, many);
    }
  }
  const open = OPEN_STATUSES.map((status) => `'${status}'`).join(', ');
  const raws = await source.rows(`select * from webhook_instruction where status in (${open}) order by created_at, id`);
  const there = await presentIds(
    context.db,
    raws.flatMap((raw) => uuidOf(raw.id) ?? []),
  );
  const create: Insertable<InstructionTable>[] = [];
  for (const raw of raws) {
    const row = plan(raw, context, there);
    if (row !== undefined) create.push(row);
  }
  return create;
}

function plan(
  raw: RawRow,
  { tpvs, people, tally, now, importedAt }: InstructionContext,
  there: ReadonlySet<string>,
): Insertable<InstructionTable> | undefined {
  const id = uuidOf(raw.id);
  const leaveOut = (why?: string) => {
    tally.leaveOut('instructions', why && `Instruction ${id ?? textOf(raw.id)}: ${why}.`);
    return undefined;
  };
  if (id === undefined) return leaveOut('its id is no UUID');
  const createdAt = timeOf(raw.created_at) ?? now;
  if (there.has(id)) {
    tally.present('instructions');
    return undefined;
  }
  if (importedAt !== undefined && createdAt <= importedAt) return leaveOut();
  const expiresAt = timeOf(raw.expires_at) ?? now + LIFE_WITHOUT_EXPIRY_MS;
  if (expiresAt <= now) return leaveOut();
  const person = people.get(String(raw.telegram_user_id));
  if (person === undefined) return leaveOut('its person is not there');
  const tpvId = uuidOf(raw.tpv_instance_id);
  if (tpvId === undefined || !tpvs.has(tpvId)) return leaveOut('its TPV is not there');
  const payload = jsonOf(raw.payload);
  if (!isObject(payload)) return leaveOut('its payload is no JSON object');
  tally.create('instructions');
  // Only these were asked for.
  const status = textOf(raw.status) as (typeof OPEN_STATUSES)[number];
  return {
    id,
    update_id: null,
    tpv_id: tpvId,
    telegram_user_id: person.telegramId,
    telegram_username: person.username,
    command: textOf(raw.command),
    payload: JSON.stringify(payload),
    status,
    priority: Math.min(MOST_PRIORITY, Math.max(1, numberOf(raw.priority) ?? 1)),
    created_at: createdAt,
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

async function presentIds(db: Database, ids: readonly string[]): Promise<Set<string>> {
  const there = new Set<string>();
  await inChunks(ids, PAGE, async (page) => {
    const rows = await db.read.selectFrom('instructions').select('id').where('id', 'in', page).execute();
    for (const row of rows) there.add(row.id);
  });
  return there;
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
