import { ERASURE_COMMAND } from '#protocol';
import { parseJson } from '../db/json-text.ts';
import type { Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { NOBODY } from '../users/nobody.ts';

const payloadOf = statement<{ id: string }>()((db, p) =>
  db.selectFrom('instructions').select(['payload', 'command']).where('id', '=', p('id')),
);

/** To whom the reply of a report goes. */
export interface Addressee {
  userId: number;
  /** The topic of the chat in which the instruction's message stands; null: in none. */
  topic: number | null;
  /** The instruction itself, if it is a test order: no person gets the reply. */
  testOrder?: string;
}

/** To whom the reply to an instruction goes; undefined: no person gets it, and it is no test order. */
export async function addresseeOf(tx: Tx, id: string, userId: number): Promise<Addressee | undefined> {
  const [row] = await tx.run(payloadOf, { id });
  const { message_thread_id: topic, test } = row === undefined ? {} : parseJson(row.payload);
  // An erased person hears of it from the hub alone, and nothing that names them is kept any more.
  if (row?.command === ERASURE_COMMAND) return undefined;
  if (userId === NOBODY) return test === true ? { userId, topic: null, testOrder: id } : undefined;
  return { userId, topic: typeof topic === 'number' ? topic : null };
}
