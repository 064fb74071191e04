import { html, useState } from 'htm/preact';
import type { Settings, SettingText } from '../../../src/admin/schemas/settings.ts';
import { Badge } from '../../components/badge.ts';
import { Button } from '../../components/button.ts';
import { Card } from '../../components/card.ts';
import { canChange } from '../../session.ts';
import { actions } from '../../words/actions.ts';
import { settingsWords, textNames } from '../../words/settings.ts';
import { TextEditor } from './text-editor.ts';
import { TextSample } from './text-sample.ts';

const words = settingsWords.texts;

/** The sentences that the hub itself says to people, each as it reads, to be worded otherwise. */
export function Texts({ texts, reload }: { texts: Settings['texts']; reload(): void }) {
  const [editing, setEditing] = useState<string | undefined>(undefined);
  const edited = texts.find(({ key }) => key === editing);
  return html`
    <${Card} title=${words.title}>
      <p class="muted">${words.lead}</p>
      <ul class="texts">
        ${texts.map((text) => html`<${TextEntry} key=${text.key} text=${text} onEdit=${() => setEditing(text.key)} />`)}
      </ul>
      ${
        edited === undefined
          ? null
          : html`
              <${TextEditor}
                text=${edited}
                name=${textName(edited.key)}
                onClose=${() => setEditing(undefined)}
                onSaved=${reload}
              />
            `
      }
    <//>
  `;
}

function TextEntry({ text, onEdit }: { text: SettingText; onEdit(): void }) {
  const name = textName(text.key);
  return html`
    <li class="text-entry">
      <div class="text-entry-head">
        <h3>${name}</h3>
        <span class="muted">${words.places[text.where]}</span>
        ${text.value === text.default ? null : html`<${Badge} tone="info">${words.changed}<//>`}
        ${
          canChange.value
            ? html`<${Button} size="small" icon="edit" label=${words.edit(name)} onClick=${onEdit}>${actions.edit}<//>`
            : null
        }
      </div>
      <${TextSample} where=${text.where} html=${text.value} />
    </li>
  `;
}

function textName(key: string): string {
  return Object.hasOwn(textNames, key) ? (textNames[key] ?? key) : key;
}
