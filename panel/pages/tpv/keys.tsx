import { useState } from 'preact/hooks';
import type { RotatedTpvKey, TpvDetail } from '../../../src/admin/schemas/tpvs.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Code } from '../../components/code.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Note } from '../../components/note.tsx';
import { Time } from '../../components/time.tsx';
import { notify } from '../../components/toast.tsx';
import { canChange } from '../../session.ts';
import { tpvWords } from '../../words/tpv.ts';
import { FreshSecret } from './fresh-secret.tsx';

const words = tpvWords.keys;

/** A TPV's keys: which are valid, a new one (shown once), and none any more. */
export function Keys({ tpv, reload }: { tpv: TpvDetail; reload(): void }) {
  const [asking, setAsking] = useState<'rotate' | 'revoke' | undefined>(undefined);
  const [fresh, setFresh] = useState<RotatedTpvKey | undefined>(undefined);
  const hasKey = tpv.keys.length > 0;
  const rotate = async () => {
    setFresh(await send<RotatedTpvKey>('POST', `/api/admin/tpvs/${tpv.id}/rotate-key`));
    reload();
  };
  const revoke = async () => {
    await send('POST', `/api/admin/tpvs/${tpv.id}/revoke-keys`);
    notify(words.revoked(tpv.name), 'good');
    reload();
  };
  const stop = () => setAsking(undefined);
  return (
    <Card title={words.title}>
      {hasKey ? <KeyList keys={tpv.keys} /> : <Note tone="warn">{words.none}</Note>}
      {canChange.value ? (
        <p class="row">
          <Button icon="key" onClick={() => setAsking('rotate')}>
            {hasKey ? words.rotate : words.rotateFirst}
          </Button>
          {hasKey ? (
            <Button kind="danger" onClick={() => setAsking('revoke')}>
              {words.revoke}
            </Button>
          ) : null}
        </p>
      ) : null}
      {asking === 'rotate' ? (
        <ConfirmDialog
          title={hasKey ? words.rotateTitle(tpv.name) : words.rotateFirst}
          confirm={words.rotateConfirm}
          onConfirm={rotate}
          onClose={stop}
        >
          <p>{hasKey ? words.rotateText : words.rotateFirstText}</p>
        </ConfirmDialog>
      ) : null}
      {asking === 'revoke' ? (
        <ConfirmDialog
          title={words.revokeTitle(tpv.name)}
          confirm={words.revokeConfirm}
          danger
          onConfirm={revoke}
          onClose={stop}
        >
          <p>{words.revokeText(tpv.name)}</p>
        </ConfirmDialog>
      ) : null}
      {fresh ? (
        <FreshSecret
          words={words}
          value={fresh.api_key}
          previousUntil={hasKey ? fresh.previous_valid_until : undefined}
          onClose={() => setFresh(undefined)}
        />
      ) : null}
    </Card>
  );
}

function KeyList({ keys }: { keys: TpvDetail['keys'] }) {
  return (
    <ul class="plain-list" aria-label={words.list}>
      {keys.map((key) => (
        <li key={key.id} class="key-entry">
          <Code>{key.prefix}…</Code>
          <span class="muted">
            {words.created} <Time at={key.created_at} /> ·{' '}
            {key.last_used_at === null ? (
              words.unused
            ) : (
              <>
                {words.used} <Time at={key.last_used_at} />
              </>
            )}{' '}
            ·{' '}
            {key.valid_until === null ? (
              words.forever
            ) : (
              <>
                {words.until} <Time at={key.valid_until} exact />
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
