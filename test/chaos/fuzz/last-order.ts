import { on, once } from 'node:events';
import { WebSocket } from 'ws';
import { type HubFrame, SUBPROTOCOL } from '#protocol';
import { SECRET } from '../made-up-hub.ts';
import { register } from '../register.ts';

const LAST_TPV = 'Posterior';
/** Nobody else's number. */
export const LAST_PERSON = 999_999;

/** A TPV that knows nothing of what came before it. */
export async function lastTpv(url: URL, adminToken: string): Promise<{ key: string; joinCode: string }> {
  const key = await register(url.origin, LAST_TPV);
  const admin = { authorization: `Token ${adminToken}` };
  const listed = await fetch(`${url.origin}/api/admin/tpvs?q=${LAST_TPV}`, { headers: admin });
  // The panel's API, as docs/rest.md describes it.
  const { items } = (await listed.json()) as { items: { join_code: string }[] };
  const joinCode = items[0]?.join_code;
  if (joinCode === undefined) throw new Error('The list lacks the TPV that registered last.');
  return { key, joinCode };
}

/** A new person comes to the TPV by its join code and writes; the TPV gets the message and reports on it. */
export async function orderGoesThrough(
  url: URL,
  { key, joinCode }: { key: string; joinCode: string },
  updateId: number,
): Promise<boolean> {
  const socket = new WebSocket(`ws://${url.host}/api/tpv/ws/`, [SUBPROTOCOL], {
    headers: { authorization: `ApiKey ${key}` },
  });
  const came = on(socket, 'message', { close: ['close'] });
  await once(socket, 'open');
  const from = { id: LAST_PERSON, is_bot: false, first_name: 'Ana' };
  for (const [i, text] of [`/start ${joinCode}`, 'un pedido'].entries()) {
    const message = { message_id: 1, date: 1_762_684_200, from, chat: { id: from.id, type: 'private' }, text };
    await fetch(`${url.origin}/webhook/telegram/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': SECRET },
      body: JSON.stringify({ update_id: updateId + i, message }),
    });
  }
  for await (const [data] of came) {
    const frame: HubFrame = JSON.parse(String(data));
    if (frame.type === 'result') {
      socket.terminate();
      return frame.ok;
    }
    if (frame.type !== 'instruction' || frame.instruction.payload.text !== 'un pedido') continue;
    socket.send(JSON.stringify({ type: 'update', ref: '1', id: frame.instruction.id, status: 'completed' }));
  }
  return false;
}
