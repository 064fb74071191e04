import { html, useState } from 'htm/preact';
import type { TpvDetail } from '../../../src/admin/schemas/tpvs.ts';
import { href, send } from '../../api.ts';
import { Button } from '../../components/button.ts';
import { Card } from '../../components/card.ts';
import { Code } from '../../components/code.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.ts';
import { Copy } from '../../components/copy.ts';
import { Note } from '../../components/note.ts';
import { notify } from '../../components/toast.ts';
import { canChange } from '../../session.ts';
import { tpvWords } from '../../words/tpv.ts';
import { DoorSign } from './door-sign.ts';

const words = tpvWords.join;

/** The link and QR code with which people join a TPV, and the sign for its door. */
export function JoinLink({ tpv, reload }: { tpv: TpvDetail; reload(): void }) {
  const [renewing, setRenewing] = useState(false);
  const renew = async () => {
    await send('POST', `/api/admin/tpvs/${tpv.id}/join-code`);
    notify(words.renewed, 'good');
    reload();
  };
  return html`
    <${Card} title=${words.title}>
      ${tpv.join_url === null ? html`<${NoLink} code=${tpv.join_code} />` : html`<${Link} tpv=${tpv} url=${tpv.join_url} />`}
      <p class="row">
        ${tpv.join_url === null ? null : html`<${Button} icon="qr" onClick=${() => window.print()}>${words.print}<//>`}
        ${
          canChange.value
            ? html`<${Button} icon="refresh" kind="quiet" onClick=${() => setRenewing(true)}>${words.renew}<//>`
            : null
        }
      </p>
      ${
        renewing
          ? html`
              <${ConfirmDialog}
                title=${words.renewTitle}
                confirm=${words.renewConfirm}
                danger
                onConfirm=${renew}
                onClose=${() => setRenewing(false)}
              >
                <p>${words.renewText(tpv.name)}</p>
              <//>
            `
          : null
      }
    <//>
  `;
}

function Link({ tpv, url }: { tpv: TpvDetail; url: string }) {
  // The code makes a new address of a new picture, so that the browser never shows one that no longer works.
  const picture = href(`/api/admin/tpvs/${tpv.id}/join-qr.svg`, { code: tpv.join_code });
  return html`
    <p class="muted">${words.lead}</p>
    <p class="row">
      <a href=${url} target="_blank" rel="noopener noreferrer" class="wrap-anywhere">${url}</a>
      <${Copy} text=${url} label=${words.linkCopy} />
    </p>
    <${DoorSign} name=${tpv.name} url=${url} picture=${picture} />
  `;
}

function NoLink({ code }: { code: string }) {
  return html`
    <${Note} tone="info">${words.unknown}<//>
    <p>${words.code}: <${Code}>${code}<//></p>
  `;
}
