import { html, useState } from 'htm/preact';
import type { Settings } from '../../../src/admin/schemas/settings.ts';
import { send } from '../../api.ts';
import { Badge } from '../../components/badge.ts';
import { Button } from '../../components/button.ts';
import { Card } from '../../components/card.ts';
import { Code } from '../../components/code.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.ts';
import { notify } from '../../components/toast.ts';
import { canChange } from '../../session.ts';
import { settingsWords } from '../../words/settings.ts';
import { NewOrigin } from './new-origin.ts';

const words = settingsWords.origins;

export interface OriginsProps {
  name: 'cors_allowed_origins' | 'callback_allowed_origins';
  words: { title: string; lead: string };
  setting: Settings['cors_allowed_origins'];
  reload(): void;
}

/** A list of allowed origins: those of the environment stay, others come and go. */
export function Origins({ name, words: own, setting, reload }: OriginsProps) {
  const [removing, setRemoving] = useState<string | undefined>(undefined);
  const save = async (origins: readonly string[], done: string) => {
    await send('PATCH', '/api/admin/settings', { [name]: origins });
    notify(done, 'good');
    reload();
  };
  const added = setting.value.filter((origin) => !setting.fixed.includes(origin));
  return html`
    <${Card} title=${own.title}>
      <p class="muted">${own.lead}</p>
      ${setting.fixed.length + added.length === 0 ? html`<p>${words.none}</p>` : null}
      <ul class="plain-list" aria-label=${own.title}>
        ${setting.fixed.map(
          (origin) => html`
            <li key=${origin} class="origin"><${Code} wrap>${origin}<//> <${Badge} tone="plain">${words.fixed}<//></li>
          `,
        )}
        ${added.map(
          (origin) => html`
            <li key=${origin} class="origin">
              <${Code} wrap>${origin}<//>
              ${
                canChange.value
                  ? html`
                      <${Button}
                        kind="quiet"
                        size="small"
                        icon="trash"
                        label=${words.remove(origin)}
                        onClick=${() => setRemoving(origin)}
                      />
                    `
                  : null
              }
            </li>
          `,
        )}
      </ul>
      ${
        canChange.value
          ? html`
              <${NewOrigin}
                label=${own.title}
                known=${[...setting.fixed, ...setting.value]}
                onAdd=${(origin: string) => save([...setting.value, origin], words.added)}
              />
            `
          : null
      }
      ${
        removing === undefined
          ? null
          : html`
              <${ConfirmDialog}
                title=${words.removeTitle}
                confirm=${words.removeConfirm}
                danger
                onConfirm=${() =>
                  save(
                    setting.value.filter((origin) => origin !== removing),
                    words.removed,
                  )}
                onClose=${() => setRemoving(undefined)}
              >
                <p>${words.removeText(removing)}</p>
              <//>
            `
      }
    <//>
  `;
}
