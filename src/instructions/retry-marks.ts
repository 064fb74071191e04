import { statement } from '../db/statement.ts';

/** Says of an instruction as which one it was sent once more; no rows if that was said already. */
export const markRetried = statement<{ id: string; retriedAs: string }>()((db, p) =>
  db
    .updateTable('instructions')
    .set({ retried_as: p('retriedAs') })
    .where('id', '=', p('id'))
    .where('retried_as', 'is', null)
    .returning('id'),
);

/** Says of an instruction which one was sent once more as it. */
export const markRetry = statement<{ id: string; retryOf: string }>()((db, p) =>
  db
    .updateTable('instructions')
    .set({ retry_of: p('retryOf') })
    .where('id', '=', p('id')),
);
