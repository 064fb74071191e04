import { nextTurn } from '../clock.ts';
import { BULK, type Database } from '../db/open.ts';
import type { RequestStep } from '../db/rights-tables.ts';
import { enqueue, hubSentence } from '../push/enqueue.ts';
import { pushById } from '../push/push-store.ts';
import type { UploadStore } from '../push/uploads.ts';
import { takeLatecomers } from './ask-erasure.ts';
import { eraseFromAudit, eraseLostButtons, eraseUpdates, unlinkAccounts } from './erase-mentions.ts';
import { eraseInstructions, eraseMessageRows, eraseMessages, erasePresses, type PageOutcome } from './erase-rows.ts';
import type { ErasureNotes } from './erasure-notes.ts';
import {
  endRequest,
  type OpenRequest,
  setFarewell,
  setStep,
  type WaitingPlace,
  waitingErasures,
} from './request-store.ts';
import { forgetOrders } from './tpv-order.ts';

export interface ErasePorts {
  db: Database;
  uploads: Pick<UploadStore, 'remove'>;
  notes: Pick<ErasureNotes, 'note'>;
  textsOf(languageCode: string): { readonly erased: string };
}

/** Erasures in one tick that are asked whether their TPVs have answered. */
const WAITING_AT_ONCE = 200;

/**
 * Goes on with an erasure, at most so many pages. Each page is a commit, and each step can be done again: a process
 * that dies goes on where it was.
 * @param before the step at which it stops; absent: it goes as far as it can
 * @returns how many pages are left of `most`
 */
export async function goOnErasing(
  ports: ErasePorts,
  request: OpenRequest,
  { most, before }: { most: number; before?: RequestStep },
  now: number,
): Promise<number> {
  let { step } = request;
  for (let left = most; left > 0; left--) {
    if (step === before) return left;
    const outcome = await erasePage(ports, { ...request, step }, now);
    // Nothing was erased: the page is left for another request.
    if (outcome === 'later') return left;
    if (outcome === 'none') {
      const next = FOLLOWING[step];
      if (next === undefined) return left - 1;
      await ports.db.transact((tx) => tx.run(setStep, { id: request.id, step: next }));
      step = next;
    }
    await nextTurn();
  }
  return 0;
}

/** The step that follows when nothing is left of one. */
const FOLLOWING: Partial<Record<RequestStep, RequestStep>> = {
  noting: 'presses',
  // Presses go before instructions: the end of an instruction of a press would tell the person of it.
  presses: 'instructions',
  instructions: 'messages',
  messages: 'updates',
  updates: 'audit',
  audit: 'farewell',
  farewell: 'forgetting',
  forgetting: 'waiting',
};

async function erasePage(ports: ErasePorts, request: OpenRequest, now: number): Promise<PageOutcome> {
  const { db } = ports;
  switch (request.step) {
    case 'noting':
      await ports.notes.note({ id: request.id, at: request.asked_at, telegramId: request.telegram_id });
      return 'none';
    case 'instructions':
      return db.transact((tx) => eraseInstructions(tx, request, now), BULK);
    case 'messages':
      return eraseMessages(ports, request, now);
    case 'presses':
      return erasePresses(db, request);
    case 'updates':
      await eraseLostButtons(db, request);
      await eraseUpdates(db, request);
      return 'none';
    case 'audit':
      await unlinkAccounts(db, request);
      await eraseFromAudit(db, request);
      return 'none';
    case 'farewell':
      return farewell(ports, request, now);
    case 'forgetting':
      // The log still holds the pages as they were.
      return (await db.forget()) ? 'none' : 'later';
    default:
      return 'later';
  }
}

/** Tells the person that all is erased, and erases that too once it has left. */
async function farewell({ db, textsOf }: ErasePorts, request: OpenRequest, now: number): Promise<PageOutcome> {
  const { id, telegram_id: telegramId } = request;
  if (request.farewell_id === null) {
    await db.transact(async (tx) => {
      if (await takeLatecomers(tx, request, now)) return;
      const farewellId = await enqueue(tx, hubSentence(telegramId, textsOf(request.language_code).erased), now);
      await tx.run(setFarewell, { id, farewellId });
    });
    return 'later';
  }
  const [message] = await db.query(pushById, { id: request.farewell_id });
  if (message !== undefined && message.not_before !== null) return 'later';
  if (message !== undefined) await db.transact((tx) => eraseMessageRows(tx, [message]));
  return 'none';
}

/**
 * Ends the erasures whose TPVs have all answered, or never will: from then on they name no person.
 * @param after the place of the last call; undefined: it begins with the oldest
 * @param mayEnd whether nothing else needs this one any more
 * @returns the place for the next call; undefined: those were all
 */
export async function endAnswered(
  db: Database,
  after: WaitingPlace | undefined,
  now: number,
  mayEnd: (id: string) => boolean,
): Promise<WaitingPlace | undefined> {
  const { askedAt = 0, id = '' } = after ?? {};
  const page = await db.query(waitingErasures, { askedAt, id, limit: WAITING_AT_ONCE });
  for (const erasure of page) {
    if (!mayEnd(erasure.id) || erasure.is_open) continue;
    await db.transact(async (tx) => {
      const { telegram_id: telegramId } = erasure;
      const orders = telegramId === null ? [] : await tx.run(forgetOrders, { telegramId, now });
      for (const { id } of orders) tx.changed('instruction', id);
      await tx.run(endRequest, { id: erasure.id, now });
    });
  }
  const last = page.at(-1);
  return last === undefined || page.length < WAITING_AT_ONCE ? undefined : { askedAt: last.asked_at, id: last.id };
}
