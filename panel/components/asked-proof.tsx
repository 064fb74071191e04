import type { VNode } from 'preact';
import type { Session } from '../../src/admin/schemas/session.ts';
import { send } from '../api.ts';
import { proofAsked } from '../proof.ts';
import { accountWords as words } from '../words/account.ts';
import { actions } from '../words/actions.ts';
import { ProofDialog } from './proof-dialog.tsx';

/** Lets the person prove who they are, while something that they asked for waits for it. */
export function AskedProof({ who }: { who: Session }): VNode | null {
  const answer = proofAsked.value;
  if (answer === undefined) return null;
  const by = who.totp_enabled ? 'code' : 'password';
  const prove = async (given: string) => {
    await send('POST', '/api/admin/account/proof', { [by]: by === 'code' ? given.trim() : given });
    answer(true);
  };
  return (
    <ProofDialog
      by={by}
      title={words.proofTitle}
      text={words.proofText}
      confirm={actions.continue}
      onConfirm={prove}
      onClose={() => answer(false)}
    />
  );
}
