import type { Selectable } from 'kysely';
import type { PersonRequestTable, RequestStep } from '../db/rights-tables.ts';
import { statement } from '../db/statement.ts';

export type PersonRequest = Selectable<PersonRequestTable>;
/** One of which it is known whom it is about. */
export type OpenRequest = PersonRequest & { telegram_id: number };

/** Keeps a request; no rows if one of its kind is under way for the person. */
export const insertRequest = statement<{
  id: string;
  kind: PersonRequest['kind'];
  telegramId: number;
  languageCode: string;
  step: RequestStep;
  instructionsTo: number;
  pushesTo: number;
  farewellId: string | null;
  now: number;
}>()((db, p) =>
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

/** Requests that are under way, the oldest first. */
export const openRequests = statement<{ limit: number }>()((db, p) =>
  db
    .selectFrom('person_requests')
    .selectAll()
    .where('done_at', 'is', null)
    .where('step', '!=', 'waiting')
    .orderBy('asked_at')
    .limit(p('limit')),
);

/** One that is still under way. */
export const openRequest = statement<{ id: string }>()((db, p) =>
  db.selectFrom('person_requests').select('id').where('id', '=', p('id')).where('done_at', 'is', null),
);

/** Erasures of which no TPV has an instruction any more. */
export const answeredErasures = statement<{ command: string; limit: number }>()((db, p) =>
  db
    .selectFrom('person_requests')
    .selectAll()
    .where('done_at', 'is', null)
    .where('step', '=', 'waiting')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('instructions')
            .select('seq')
            .whereRef('instructions.telegram_user_id', '=', 'person_requests.telegram_id')
            .where('command', '=', p('command'))
            .where('completed_at', 'is', null),
        ),
      ),
    )
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
