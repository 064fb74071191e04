import { adoptUnassigned } from '../../assignment/move-person.ts';
import type { Tx } from '../../db/open.ts';
import { storable } from '../../db/plain-text.ts';
import type { InlineKeyboard } from '../../db/push-tables.ts';
import { tpvById, tpvByJoinCode } from '../../tpvs/tpv.ts';
import { type AssignPorts, assign, moveUser } from '../../users/assign.ts';
import type { TouchedUser } from '../../users/user.ts';
import type { Texts } from '../texts/texts.ts';
import type { From } from './update.ts';

export interface WelcomePorts {
  assigning: AssignPorts;
  /** In the person's language. */
  texts: Texts;
}

/**
 * `/start`, perhaps with a join code: assigns, and says who attends.
 * @returns the TPV that attends the person; null: none can
 */
export async function welcome(
  tx: Tx,
  { assigning, texts }: WelcomePorts,
  from: From,
  user: TouchedUser,
  code: string | undefined,
  tell: (text: string, keyboard?: InlineKeyboard) => Promise<unknown>,
): Promise<string | null> {
  let tpvId = user.tpvId;
  const problem = code === undefined ? undefined : await join(tx, texts, from.id, code);
  if (problem !== undefined && typeof problem === 'object') tpvId = problem.tpvId;
  if (typeof problem === 'string') await tell(problem);
  tpvId ??= (await assign(tx, assigning, from.id)) ?? null;
  if (tpvId !== null) await adoptUnassigned(tx, from.id, tpvId);
  const [tpv] = tpvId === null ? [] : await tx.run(tpvById, { id: tpvId });
  const greeting =
    tpv === undefined ? texts.welcomeUnassigned(from.first_name) : texts.welcome(from.first_name, tpv.name);
  await tell(`${greeting}\n\n${texts.yourId(from.id)}`, copyId(texts, from.id));
  return tpvId;
}

/** @returns the TPV that the code led to, or the sentence that says why it did not */
async function join(tx: Tx, texts: Texts, telegramId: number, code: string): Promise<{ tpvId: string } | string> {
  const [tpv] = await tx.run(tpvByJoinCode, { code: storable(code) });
  if (tpv === undefined) return texts.joinCodeUnknown;
  return (await moveUser(tx, telegramId, tpv.id)) === 'full' ? texts.joinCodeFull : { tpvId: tpv.id };
}

/** A button that copies the person's id. */
export function copyId(texts: Texts, id: number): InlineKeyboard {
  return [[{ text: texts.copyId, copy_text: { text: String(id) } }]];
}
