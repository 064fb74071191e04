import type { Tx } from '../db/open.ts';
import { HubError } from '../errors.ts';
import type { Sentence } from '../wording/wording.ts';
import type { PushRow } from './message.ts';
import { pushById, resendPush, resolvePush } from './push-store.ts';

/**
 * Sends a message once more that failed, or of which it is unknown whether it arrived.
 * @returns the message as it is now
 * @throws HubError `not_found`, `invalid_transition` if it waits already, or arrived
 */
export async function resend(tx: Tx, id: string, now: number): Promise<PushRow> {
  const [again] = await tx.run(resendPush, { id, now });
  if (again === undefined) throw await refusal(tx, id, (say) => say.resendable);
  tx.emit({ type: 'push.queued', chatId: again.chat_id, tpvId: again.tpv_id });
  tx.changed('push', id);
  return again;
}

/**
 * Records whether an `unknown` message arrived: a TPV or an administrator asked the person.
 * @throws HubError `not_found`, `invalid_transition` if that is known already
 */
export async function resolve(tx: Tx, id: string, as: 'sent' | 'failed'): Promise<PushRow> {
  const [resolved] = await tx.run(resolvePush, { id, status: as });
  if (resolved === undefined) throw await refusal(tx, id, (say) => say.resolvable);
  tx.changed('push', id);
  return resolved;
}

async function refusal(tx: Tx, id: string, message: Sentence): Promise<HubError> {
  const [row] = await tx.run(pushById, { id });
  if (row === undefined) return new HubError('not_found', 'There is no such message.');
  return new HubError('invalid_transition', `The message is ${row.status}.`, {
    details: [{ path: 'status', message }],
  });
}
