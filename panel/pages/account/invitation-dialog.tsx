import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Account, Invitation } from '../../../src/admin/schemas/accounts.ts';
import { useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { Copy } from '../../components/copy.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { FormActions } from '../../components/form.tsx';
import { Loading } from '../../components/loading.tsx';
import { accountWords } from '../../words/account.ts';
import { actions } from '../../words/actions.ts';

const words = accountWords.manager;

/** The link with which a manager's person comes in; each time another, and the one before ends. */
export function InvitationDialog({
  account,
  onClose,
}: {
  account: Pick<Account, 'id' | 'name'>;
  onClose: () => void;
}): VNode {
  const [invitation, setInvitation] = useState<Invitation | undefined>(undefined);
  const invite = useAction(async () => {
    setInvitation(await send<Invitation>('POST', `/api/admin/accounts/${account.id}/invitation`));
  });
  useEffect(() => void invite.run(), []);
  return (
    <Dialog title={words.inviteTitle(account.name)} onClose={onClose}>
      {invite.error ? <ErrorBox error={invite.error} onRetry={() => void invite.run()} /> : null}
      {invitation === undefined ? invite.error ? null : <Loading rows={3} /> : <Offer invitation={invitation} />}
      <FormActions>
        <Button kind="primary" onClick={onClose}>
          {actions.close}
        </Button>
      </FormActions>
    </Dialog>
  );
}

function Offer({ invitation: { url, qr_svg: qr } }: { invitation: Invitation }): VNode {
  return (
    <>
      <p>{words.inviteText}</p>
      <img class="qr" src={`data:image/svg+xml,${encodeURIComponent(qr)}`} alt={words.qr} width="200" height="200" />
      <p class="row">
        <a class="wrap-anywhere" href={url} target="_blank" rel="noopener noreferrer">
          {url}
        </a>
        <Copy text={url} label={words.copy} />
      </p>
      <p class="muted">{words.inviteNote}</p>
    </>
  );
}
