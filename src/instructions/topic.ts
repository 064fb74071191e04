import { parseJson } from '../db/json-text.ts';
import type { Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';

const payloadOf = statement<{ id: string }>()((db, p) =>
  db.selectFrom('instructions').select('payload').where('id', '=', p('id')),
);

/** The topic of the chat in which an instruction's message stands; null: in none. */
export async function topicOf(tx: Tx, id: string): Promise<number | null> {
  const [row] = await tx.run(payloadOf, { id });
  const topic = row && parseJson(row.payload).message_thread_id;
  return typeof topic === 'number' ? topic : null;
}
