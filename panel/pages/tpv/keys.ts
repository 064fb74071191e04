import { html, useState } from 'htm/preact';
import type { RotatedTpvKey, TpvDetail } from '../../../src/admin/schemas/tpvs.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.ts';
import { Card } from '../../components/card.ts';
import { Code } from '../../components/code.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.ts';
import { Dialog } from '../../components/dialog.ts';
import { FormActions } from '../../components/form.ts';
import { Note } from '../../components/note.ts';
import { Secret } from '../../components/secret.ts';
import { Time } from '../../components/time.ts';
import { notify } from '../../components/toast.ts';
import { canChange } from '../../session.ts';
import { actions } from '../../words/actions.ts';
import { tpvWords } from '../../words/tpv.ts';

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
  return html`
    <${Card} title=${words.title}>
      ${hasKey ? html`<${KeyList} keys=${tpv.keys} />` : html`<${Note} tone="warn">${words.none}<//>`}
      ${
        canChange.value
          ? html`
              <p class="row">
                <${Button} icon="key" onClick=${() => setAsking('rotate')}>
                  ${hasKey ? words.rotate : words.rotateFirst}
                <//>
                ${
                  hasKey
                    ? html`<${Button} kind="danger" onClick=${() => setAsking('revoke')}>${words.revoke}<//>`
                    : null
                }
              </p>
            `
          : null
      }
      ${
        asking === 'rotate'
          ? html`
              <${ConfirmDialog}
                title=${hasKey ? words.rotateTitle(tpv.name) : words.rotateFirst}
                confirm=${words.rotateConfirm}
                onConfirm=${rotate}
                onClose=${stop}
              >
                <p>${hasKey ? words.rotateText : words.rotateFirstText}</p>
              <//>
            `
          : null
      }
      ${
        asking === 'revoke'
          ? html`
              <${ConfirmDialog}
                title=${words.revokeTitle(tpv.name)}
                confirm=${words.revokeConfirm}
                danger
                onConfirm=${revoke}
                onClose=${stop}
              >
                <p>${words.revokeText(tpv.name)}</p>
              <//>
            `
          : null
      }
      ${fresh ? html`<${FreshKey} fresh=${fresh} hadOne=${hasKey} onClose=${() => setFresh(undefined)} />` : null}
    <//>
  `;
}

function KeyList({ keys }: { keys: TpvDetail['keys'] }) {
  return html`
    <ul class="plain-list" aria-label=${words.list}>
      ${keys.map(
        (key) => html`
          <li key=${key.id} class="key-entry">
            <${Code}>${key.prefix}…<//>
            <span class="muted">
              ${words.created} <${Time} at=${key.created_at} /> ·${' '}
              ${
                key.last_used_at === null ? words.unused : html`${words.used} <${Time} at=${key.last_used_at} />`
              } ·${' '}
              ${key.valid_until === null ? words.forever : html`${words.until} <${Time} at=${key.valid_until} exact />`}
            </span>
          </li>
        `,
      )}
    </ul>
  `;
}

function FreshKey({ fresh, hadOne, onClose }: { fresh: RotatedTpvKey; hadOne: boolean; onClose(): void }) {
  return html`
    <${Dialog} title=${words.newTitle} onClose=${onClose}>
      <${Secret} label=${words.newLabel} value=${fresh.api_key} note=${words.newNote} />
      ${hadOne ? html`<p>${words.previous} <${Time} at=${fresh.previous_valid_until} exact />.</p>` : null}
      <${FormActions}><${Button} kind="primary" onClick=${onClose}>${actions.close}<//><//>
    <//>
  `;
}
