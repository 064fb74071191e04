import { statement } from './statement.ts';

/** One value of the table `settings`, which keeps single values by their key. */
export const storedValue = statement<{ key: string }>()((db, p) =>
  db.selectFrom('settings').select('value').where('key', '=', p('key')),
);

/** Writes a value, over the one that was there. */
export const storeValue = statement<{ key: string; value: string }>()((db, p) =>
  db
    .insertInto('settings')
    .values({ key: p('key'), value: p('value') })
    .onConflict((c) => c.column('key').doUpdateSet((eb) => ({ value: eb.ref('excluded.value') }))),
);

/** Takes a value away, and returns it. */
export const deleteValue = statement<{ key: string }>()((db, p) =>
  db.deleteFrom('settings').where('key', '=', p('key')).returning('value'),
);

/** Counts a number up by one, from 0 if it is not there. */
export const countUp = statement<{ key: string }>()((db, p) =>
  db
    .insertInto('settings')
    .values({ key: p('key'), value: '1' })
    .onConflict((c) =>
      c.column('key').doUpdateSet((eb) => ({
        value: eb.cast<string>(eb(eb.cast<number>('settings.value', 'integer'), '+', 1), 'text'),
      })),
    ),
);
