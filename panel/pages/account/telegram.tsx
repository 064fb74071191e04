import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { AccountTelegram, TelegramOffer } from '../../../src/admin/schemas/account.ts';
import { useAction } from '../../action.ts';
import { at } from '../../address.ts';
import { send } from '../../api.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Copy } from '../../components/copy.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { notify } from '../../components/toast.tsx';
import { useResource } from '../../resource.ts';
import { accountWords } from '../../words/account.ts';

const words = accountWords.telegram;
const PATH = '/api/admin/account/telegram';

/** Who hears in Telegram of the account's logins. */
export function TelegramCard(): VNode {
  const telegram = useResource(at(PATH), { kinds: ['account'] });
  const isLinked = telegram.value?.linked != null;
  return (
    <Card
      title={words.title}
      actions={<Badge tone={isLinked ? 'good' : 'plain'}>{isLinked ? words.on : words.off}</Badge>}
    >
      <Loaded resource={telegram}>
        {({ linked }) => (linked === null ? <Unlinked /> : <Linked linked={linked} reload={telegram.reload} />)}
      </Loaded>
    </Card>
  );
}

function Unlinked(): VNode {
  const [offer, setOffer] = useState<TelegramOffer | undefined>(undefined);
  const begin = useAction(async () => setOffer(await send<TelegramOffer>('POST', PATH)));
  return (
    <>
      <p>{words.why}</p>
      {begin.error && <ErrorBox error={begin.error} />}
      <div class="row">
        <Button kind="primary" icon="send" busy={begin.busy} onClick={() => begin.run()}>
          {words.link}
        </Button>
      </div>
      {offer && <OfferDialog offer={offer} onClose={() => setOffer(undefined)} />}
    </>
  );
}

/** Shown until the link was opened: then the card shows the person, and this is gone with what showed it. */
function OfferDialog({ offer, onClose }: { offer: TelegramOffer; onClose: () => void }): VNode {
  const picture = `data:image/svg+xml,${encodeURIComponent(offer.qr_svg)}`;
  return (
    <Dialog title={words.link} onClose={onClose}>
      <p>{words.open}</p>
      <img class="qr" src={picture} alt={words.qr} width="200" height="200" />
      <p class="row">
        <a class="button primary" href={offer.url} target="_blank" rel="noopener noreferrer">
          {words.openHere}
        </a>
        <Copy text={offer.url} label={words.copy} />
      </p>
      <p class="muted">{words.waiting}</p>
    </Dialog>
  );
}

function Linked({ linked, reload }: { linked: NonNullable<AccountTelegram['linked']>; reload: () => void }): VNode {
  const [asking, setAsking] = useState(false);
  const unlink = async () => {
    await send('DELETE', PATH);
    notify(words.unlinked);
    reload();
  };
  return (
    <>
      <p>{words.told(linked.name)}</p>
      <div class="row">
        <Button onClick={() => setAsking(true)}>{words.unlink}</Button>
      </div>
      {asking && (
        <ConfirmDialog
          title={words.unlinkTitle}
          confirm={words.unlink}
          danger
          onConfirm={unlink}
          onClose={() => setAsking(false)}
        >
          <p>{words.unlinkText}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
