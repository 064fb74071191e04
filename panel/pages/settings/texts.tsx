import { useState } from 'preact/hooks';
import type { Settings, SettingText } from '../../../src/admin/schemas/settings.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { canChange } from '../../session.ts';
import { actions } from '../../words/actions.ts';
import { settingsWords, textNames } from '../../words/settings.ts';
import { TextEditor } from './text-editor.tsx';
import { isSilent, TextSample } from './text-sample.tsx';

const words = settingsWords.texts;

/** The sentences that the hub itself says to people, each as it reads, to be worded otherwise. */
export function Texts({ texts, reload }: { texts: Settings['texts']; reload(): void }) {
  const [editing, setEditing] = useState<string | undefined>(undefined);
  const edited = texts.find(({ key }) => key === editing);
  return (
    <Card title={words.title}>
      <p class="muted">{words.lead}</p>
      <ul class="texts">
        {texts.map((text) => (
          <TextEntry key={text.key} text={text} onEdit={() => setEditing(text.key)} />
        ))}
      </ul>
      {edited === undefined ? null : (
        <TextEditor text={edited} name={textName(edited.key)} onClose={() => setEditing(undefined)} onSaved={reload} />
      )}
    </Card>
  );
}

function TextEntry({ text, onEdit }: { text: SettingText; onEdit(): void }) {
  const name = textName(text.key);
  return (
    <li class="text-entry">
      <div class="text-entry-head">
        <h3>{name}</h3>
        <span class="muted">{words.places[text.where]}</span>
        {text.value === text.default ? null : <Badge tone="info">{words.changed}</Badge>}
        {canChange.value ? (
          <Button size="small" icon="edit" label={words.edit(name)} onClick={onEdit}>
            {actions.edit}
          </Button>
        ) : null}
      </div>
      {isSilent(text.value) ? <p class="muted">{words.silent}</p> : <TextSample where={text.where} html={text.value} />}
    </li>
  );
}

function textName(key: string): string {
  return Object.hasOwn(textNames, key) ? (textNames[key] ?? key) : key;
}
