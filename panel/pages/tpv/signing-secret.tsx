import { useState } from 'preact/hooks';
import type { RotatedTpvSecret, TpvDetail } from '../../../src/admin/schemas/tpvs.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { canChange } from '../../session.ts';
import { tpvWords } from '../../words/tpv.ts';
import { FreshSecret } from './fresh-secret.tsx';

const words = tpvWords.signingSecret;

/** With what a TPV tells the hub's calls of its address from anybody else's; a new one is shown once. */
export function SigningSecret({ tpv }: { tpv: TpvDetail }) {
  const [asking, setAsking] = useState(false);
  const [fresh, setFresh] = useState<RotatedTpvSecret | undefined>(undefined);
  const rotate = async () => {
    setFresh(await send<RotatedTpvSecret>('POST', `/api/admin/tpvs/${tpv.id}/rotate-secret`));
  };
  return (
    <Card title={words.title}>
      <p class="muted">{words.text}</p>
      {canChange.value ? (
        <p class="row">
          <Button icon="key" onClick={() => setAsking(true)}>
            {words.rotate}
          </Button>
        </p>
      ) : null}
      {asking ? (
        <ConfirmDialog
          title={words.rotateTitle(tpv.name)}
          confirm={words.rotateConfirm}
          onConfirm={rotate}
          onClose={() => setAsking(false)}
        >
          <p>{words.rotateText}</p>
        </ConfirmDialog>
      ) : null}
      {fresh ? (
        <FreshSecret
          words={words}
          value={fresh.signing_secret}
          previousUntil={fresh.previous_valid_until}
          onClose={() => setFresh(undefined)}
        />
      ) : null}
    </Card>
  );
}
