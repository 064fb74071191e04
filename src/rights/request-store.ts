import { type Selectable, sql } from 'kysely';
import { ERASURE_COMMAND } from '#protocol';
import type { PersonRequestTable, RequestStep } from '../db/rights-tables.ts';
import { statement } from '../db/statement.ts';

export type PersonRequest = Selectable<PersonRequestTable>;
/** One of which it is known whom it is about. */
export type OpenRequest = PersonRequest & { telegram_id: number };

export interface NewRequest {
  id: string;
  kind: PersonRequest['kind'];
  telegramId: number;
  languageCode: string;
  step: RequestStep;
  instructionsTo: number;
  pushesTo: number;
  farewellId: string | null;
  now: number;
}

/** Keeps a request; no rows if one of its kind is under way for the person. */
export const insertRequest = statement<NewRequest>()((db, p) =>
  db
    .insertInto('person_requests')
    .values({
      id: p('id'),
      kind: p('kind'),
      telegram_id: p('telegramId'),
      language_code: p('languageCode'),
      asked_at: p('now'),
      step: p('step'),
      instructions_to: p('instructionsTo'),
      pushes_to: p('pushesTo'),
      farewell_id: p('farewellId'),
      done_at: null,
    })
    .onConflict((c) => c.doNothing())
    .returning('id'),
);

/** The conditions of two partial indexes, word for word: else the database does not use them. */
const UNDER_WAY = sql<boolean>`step not in ('waiting', 'done')`;
export const IS_ERASURE_ORDER = sql<boolean>`command = ${sql.lit(ERASURE_COMMAND)}`;

/** Where a walk through requests is: at the last one that it saw. */
export interface RequestPlace {
  telegramId: number;
  kind: PersonRequest['kind'];
}

/** Requests that are under way, behind a place, ordered by person. */
export const openRequests = statement<RequestPlace & { limit: number }>()((db, p) =>
  db
    .selectFrom('person_requests')
    .selectAll()
    .where(UNDER_WAY)
    .where('telegram_id', '>=', p('telegramId'))
    .where((eb) => eb.or([eb('telegram_id', '>', p('telegramId')), eb('kind', '>', p('kind'))]))
    .orderBy('telegram_id')
    .orderBy('kind')
    .limit(p('limit')),
);

/** One that is still under way. */
export const openRequest = statement<{ id: string }>()((db, p) =>
  db.selectFrom('person_requests').select('id').where('id', '=', p('id')).where('done_at', 'is', null),
);

/** Where a walk through the waiting ones is. */
export interface WaitingPlace {
  askedAt: number;
  id: string;
}

/** Erasures that wait for TPVs, the oldest first, and whether one of them is still to answer; a TPV that was deleted is not. */
export const waitingErasures = statement<WaitingPlace & { limit: number }>()((db, p) =>
  db
    .selectFrom('person_requests')
    .select(['id', 'telegram_id', 'asked_at'])
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('instructions')
            .innerJoin('tpv_instances', 'tpv_instances.id', 'instructions.tpv_id')
            .select('seq')
            .whereRef('instructions.telegram_user_id', '=', 'person_requests.telegram_id')
            .where(IS_ERASURE_ORDER)
            .where('completed_at', 'is', null)
            .where('deleted_at', 'is', null),
        )
        .as('is_open'),
    )
    .where('done_at', 'is', null)
    .where('step', '=', 'waiting')
    .where('asked_at', '>=', p('askedAt'))
    .where((eb) => eb.or([eb('asked_at', '>', p('askedAt')), eb('id', '>', p('id'))]))
    .orderBy('asked_at')
    .orderBy('id')
    .limit(p('limit')),
);

/** Erasures that are noted and not done, in the same order. */
export const notedErasures = statement<WaitingPlace & { limit: number }>()((db, p) =>
  db
    .selectFrom('person_requests')
    .select(['id', 'telegram_id', 'asked_at'])
    .where('done_at', 'is', null)
    .where('kind', '=', 'erasure')
    .where('step', '!=', 'noting')
    .where('asked_at', '>=', p('askedAt'))
    .where((eb) => eb.or([eb('asked_at', '>', p('askedAt')), eb('id', '>', p('id'))]))
    .orderBy('asked_at')
    .orderBy('id')
    .limit(p('limit')),
);

export const setStep = statement<{ id: string; step: RequestStep }>()((db, p) =>
  db
    .updateTable('person_requests')
    .set({ step: p('step') })
    .where('id', '=', p('id')),
);

export const setFarewell = statement<{ id: string; farewellId: string }>()((db, p) =>
  db
    .updateTable('person_requests')
    .set({ step: 'farewell', farewell_id: p('farewellId') })
    .where('id', '=', p('id')),
);

/** It is done; whom it was about is forgotten. */
export const endRequest = statement<{ id: string; now: number }>()((db, p) =>
  db
    .updateTable('person_requests')
    .set({ step: 'done', telegram_id: null, done_at: p('now') })
    .where('id', '=', p('id')),
);

/** The person has their document; whose it is stays, so that they don't ask for the next one at once. */
export const endExport = statement<{ id: string; now: number }>()((db, p) =>
  db
    .updateTable('person_requests')
    .set({ step: 'done', done_at: p('now') })
    .where('id', '=', p('id')),
);
