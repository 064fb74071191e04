import type { Database, Tx } from './open.ts';
import { statement } from './statement.ts';

const raise = statement<{ key: string }>()((db, p) =>
  db
    .insertInto('settings')
    .values({ key: p('key'), value: '1' })
    .onConflict((c) =>
      c.column('key').doUpdateSet((eb) => ({
        value: eb.cast<string>(eb(eb.cast<number>('settings.value', 'integer'), '+', 1), 'text'),
      })),
    ),
);

const read = statement<{ key: string }>()((db, p) =>
  db.selectFrom('settings').select('value').where('key', '=', p('key')),
);

/** Makes the number `name` grow: other processes that compare it now and then look again at what it stands for. */
export async function raiseEpoch(tx: Tx, name: string): Promise<void> {
  await tx.run(raise, { key: name });
}

/** The number `name`; 0 where nobody has raised it yet. */
export async function readEpoch(db: Database, name: string): Promise<number> {
  const [row] = await db.query(read, { key: name });
  return Number(row?.value ?? 0);
}
