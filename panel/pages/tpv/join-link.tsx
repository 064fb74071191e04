import { useState } from 'preact/hooks';
import type { TpvDetail } from '../../../src/admin/schemas/tpvs.ts';
import { href } from '../../address.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Code } from '../../components/code.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Copy } from '../../components/copy.tsx';
import { Note } from '../../components/note.tsx';
import { notify } from '../../components/toast.tsx';
import { canChange } from '../../session.ts';
import { tpvWords } from '../../words/tpv.ts';
import { DoorSign } from './door-sign.tsx';

const words = tpvWords.join;

/** The link and QR code with which people join a TPV, and the sign for its door. */
export function JoinLink({ tpv, reload }: { tpv: TpvDetail; reload(): void }) {
  const [renewing, setRenewing] = useState(false);
  const renew = async () => {
    await send('POST', `/api/admin/tpvs/${tpv.id}/join-code`);
    notify(words.renewed, 'good');
    reload();
  };
  return (
    <Card title={words.title}>
      {tpv.join_url === null ? <NoLink code={tpv.join_code} /> : <Link tpv={tpv} url={tpv.join_url} />}
      <p class="row">
        {tpv.join_url === null ? null : (
          <Button icon="qr" onClick={() => window.print()}>
            {words.print}
          </Button>
        )}
        {canChange.value ? (
          <Button icon="refresh" kind="quiet" onClick={() => setRenewing(true)}>
            {words.renew}
          </Button>
        ) : null}
      </p>
      {renewing ? (
        <ConfirmDialog
          title={words.renewTitle}
          confirm={words.renewConfirm}
          danger
          onConfirm={renew}
          onClose={() => setRenewing(false)}
        >
          <p>{words.renewText(tpv.name)}</p>
        </ConfirmDialog>
      ) : null}
    </Card>
  );
}

function Link({ tpv, url }: { tpv: TpvDetail; url: string }) {
  // The code makes a new address of a new picture, so that the browser never shows one that no longer works.
  const picture = href(`/api/admin/tpvs/${tpv.id}/join-qr.svg`, { code: tpv.join_code });
  return (
    <>
      <p class="muted">{words.lead}</p>
      <p class="row">
        <a href={url} target="_blank" rel="noopener noreferrer" class="wrap-anywhere">
          {url}
        </a>
        <Copy text={url} label={words.linkCopy} />
      </p>
      <DoorSign name={tpv.name} url={url} picture={picture} />
    </>
  );
}

function NoLink({ code }: { code: string }) {
  return (
    <>
      <Note tone="info">{words.unknown}</Note>
      <p>
        {words.code}: <Code>{code}</Code>
      </p>
    </>
  );
}
