import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { send } from '../../api.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { later } from '../../components/later.tsx';
import { ProofDialog } from '../../components/proof-dialog.tsx';
import { notify } from '../../components/toast.tsx';
import { session } from '../../session.ts';
import { accountWords as words } from '../../words/account.ts';

const SecondFactorDialog = later(async () => (await import('./second-factor-dialog.tsx')).SecondFactorDialog);

/** Whether a code from the phone is asked for at the login. */
export function SecondFactorCard({ enabled }: { enabled: boolean }): VNode {
  // Which one was asked for, not which would fit now: it shows the recovery codes when the factor is on already.
  const [dialog, setDialog] = useState<'start' | 'stop' | undefined>(undefined);
  const close = () => setDialog(undefined);
  const stop = async (password: string) => {
    await send('DELETE', '/api/admin/account/totp', { password });
    if (session.value) session.value = { ...session.value, totp_enabled: false };
    notify(words.stopped);
    close();
  };
  return (
    <Card
      title={words.secondFactor}
      actions={<Badge tone={enabled ? 'good' : 'plain'}>{enabled ? words.on : words.off}</Badge>}
    >
      <p>{enabled ? words.secondFactorOn : words.secondFactorWhy}</p>
      <div class="row">
        <Button
          kind={enabled ? 'plain' : 'primary'}
          icon="shield"
          onClick={() => setDialog(enabled ? 'stop' : 'start')}
        >
          {enabled ? words.stop : words.start}
        </Button>
      </div>
      {dialog === 'start' && <SecondFactorDialog onClose={close} />}
      {dialog === 'stop' && (
        <ProofDialog
          title={words.stopTitle}
          text={words.stopText}
          confirm={words.stop}
          danger
          onConfirm={stop}
          onClose={close}
        />
      )}
    </Card>
  );
}
