import { inChunks } from '../../db/chunks.ts';
import type { Database } from '../../db/open.ts';
import type { RawRow } from './django-source.ts';
import { textOf, timeOf, uuidOf } from './django-values.ts';
import type { ErasedPeople } from './erased-people.ts';
import type { Person } from './imported-people.ts';
import type { KnownTpv } from './imported-tpvs.ts';
import type { Tally } from './tally.ts';

/** Rows written, or looked up, in one statement. */
export const PAGE = 200;

/** What planning instructions and messages has to know. */
export interface RowContext {
  db: Database;
  tpvs: ReadonlyMap<string, KnownTpv>;
  people: ReadonlyMap<string, Person>;
  erased: ErasedPeople;
  tally: Tally;
  now: number;
  /** When an import was last completed: what is older and not here any more has ended here since. */
  importedAt: number | undefined;
}

/** Leaves a row out; with a reason if an operator should know it. */
export type LeaveOut = (why?: string) => undefined;

/** Leaves one instruction or message out. */
export function leavingOut(raw: RawRow, kind: 'instructions' | 'messages', tally: Tally): LeaveOut {
  const name = kind === 'instructions' ? 'Instruction' : 'Message';
  return (why) => {
    tally.leaveOut(kind, why && `${name} ${uuidOf(raw.id) ?? textOf(raw.id)}: ${why}.`);
    return undefined;
  };
}

/** Id and time of a row that is to be taken over; undefined if it is here already, or was and has ended. */
export function missingRow(
  raw: RawRow,
  kind: 'instructions' | 'messages',
  { tally, now, importedAt }: RowContext,
  there: ReadonlySet<string>,
  leaveOut: LeaveOut,
): { id: string; createdAt: number } | undefined {
  const id = uuidOf(raw.id);
  if (id === undefined) return leaveOut('its id is no UUID');
  const createdAt = timeOf(raw.created_at) ?? now;
  if (there.has(id)) {
    tally.present(kind);
    return undefined;
  }
  if (importedAt !== undefined && createdAt <= importedAt) return leaveOut();
  return { id, createdAt };
}

/** The person and the TPV of a row, if both are here. */
export function partiesOf(
  raw: RawRow,
  { people, erased, tpvs }: RowContext,
  leaveOut: LeaveOut,
): { person: Person; tpvId: string } | undefined {
  const person = people.get(String(raw.telegram_user_id));
  if (person === undefined) return leaveOut('its person is not there');
  if (erased.isBefore(person.telegramId, timeOf(raw.created_at))) return leaveOut();
  const tpvId = uuidOf(raw.tpv_instance_id);
  if (tpvId === undefined || !tpvs.has(tpvId)) return leaveOut('its TPV is not there');
  return { person, tpvId };
}

/** Which of these rows are here already. */
export async function presentIds(
  db: Database,
  table: 'instructions' | 'push_messages',
  raws: readonly RawRow[],
): Promise<Set<string>> {
  const there = new Set<string>();
  const ids = raws.flatMap((raw) => uuidOf(raw.id) ?? []);
  await inChunks(ids, PAGE, async (page) => {
    const rows = await db.read.selectFrom(table).select('id').where('id', 'in', page).execute();
    for (const row of rows) there.add(row.id);
  });
  return there;
}
