import { raiseWorkEpoch } from '../../db/epoch.ts';
import type { Database } from '../../db/open.ts';
import { storedValue, storeValue } from '../../db/stored-value.ts';
import { openDjango } from './django-source.ts';
import { erasedPeople } from './erased-people.ts';
import { type ButtonContext, createButtons, planButtons } from './imported-buttons.ts';
import { createInstructions, planInstructions } from './imported-instructions.ts';
import { createMessages, planMessages } from './imported-messages.ts';
import { type NotificationContext, planNotifications } from './imported-notifications.ts';
import { createOrigins, planOrigins } from './imported-origins.ts';
import { createPeople, planPeople } from './imported-people.ts';
import { createTpvs, planTpvs } from './imported-tpvs.ts';
import { Tally } from './tally.ts';

export interface ImportOptions {
  db: Database;
  /** The former service's database: a SQLite file, or `postgres://…` */
  place: string;
  /** False: only looks. */
  apply: boolean;
  /** The notes of erasures beside the database. */
  notesFile: string;
  callbackUrls: ButtonContext['callbackUrls'];
  /** Which TPV, by its id, has the buttons that call an origin. */
  originTpvs: NotificationContext['originTpvs'];
  now: number;
}

/** When an import was last completed, in milliseconds. */
const IMPORTED_AT = 'django_imported_at';

/**
 * Takes over what the Django service before this hub left: TPVs with their keys, people, what is open, buttons that
 * still work, allowed origins; of the one that only sent notifications, people and buttons. All of it is looked at before anything is written. What is written is written in small
 * commits, each row once however often this is called, also after it was killed half-way.
 * @returns what was (or would be) made, was there already or is left out, and why
 * @throws HubError with a sentence if that database, or the notes of erasures, can't be read, or it is another one
 */
export async function importDjango(options: ImportOptions): Promise<Tally> {
  const { db, place, apply, notesFile, callbackUrls, originTpvs, now } = options;
  const erased = await erasedPeople(db, notesFile);
  const source = await openDjango(place);
  const tally = new Tally();
  try {
    const importedAt = await lastImport(db);
    const tpvPlan = await planTpvs(source, db, tally, now);
    const tpvs = tpvPlan.known;
    const peoplePlan = await planPeople(source, db, { tpvs, erased }, tally, now);
    const context = { db, tpvs, people: peoplePlan.byRow, erased, tally, now, importedAt, callbackUrls };
    const instructions = await planInstructions(source, context);
    const messages = await planMessages(source, context);
    const buttons = await planButtons(source, context);
    const origins = await planOrigins(source, db, tally);
    const notifications = await planNotifications(source, { db, tpvs, erased, tally, now, originTpvs });
    erased.tell(tally);
    if (!apply) return tally;
    await createTpvs(db, tpvPlan, now);
    await createPeople(db, peoplePlan.create);
    await createPeople(db, notifications.people);
    await createMessages(db, messages);
    await createButtons(db, buttons);
    await createButtons(db, notifications.buttons);
    await createOrigins(db, origins);
    await createInstructions(db, instructions);
    await db.transact(async (tx) => {
      await tx.run(storeValue, { key: IMPORTED_AT, value: String(now) });
      await raiseWorkEpoch(tx);
    });
    return tally;
  } finally {
    await source.close();
  }
}

async function lastImport(db: Database): Promise<number | undefined> {
  const [row] = await db.query(storedValue, { key: IMPORTED_AT });
  return row === undefined ? undefined : Number(row.value);
}
