import { useRef, useState } from 'preact/hooks';
import type { SettingText, TextLanguage, Texts as TextList } from '../../../src/admin/schemas/texts.ts';
import { at } from '../../address.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { later } from '../../components/later.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { SelectField } from '../../components/select-field.tsx';
import { languageName } from '../../format-language.ts';
import { useResource } from '../../resource.ts';
import { canChange, session } from '../../session.ts';
import { actions } from '../../words/actions.ts';
import { settingsWords, textNames } from '../../words/settings.ts';
import { isSilent, TextSample } from './text-sample.tsx';

const TextEditor = later(async () => (await import('./text-editor.tsx')).TextEditor);

const words = settingsWords.texts;

/** The sentences that the hub itself says to people, each as it reads in a language, to be worded otherwise. */
export function Texts() {
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  // What people read by default comes first: the hub takes no other languages there than those of its texts.
  const language = (chosen ?? session.value?.locale ?? 'es') as TextLanguage;
  const resource = useResource(at('/api/admin/settings/texts', { query: { language } }), { kinds: ['setting'] });
  // Those of the last answer: the choice stays while another language is loaded.
  const languages = useRef<TextList['languages']>([]);
  languages.current = resource.value?.languages ?? languages.current;
  return (
    <Card title={words.title}>
      <p class="muted">{words.lead}</p>
      {languages.current.length === 0 ? null : (
        <SelectField
          label={words.language}
          hint={words.languageHint}
          value={language}
          options={optionsOf(languages.current)}
          onChange={setChosen}
        />
      )}
      <Loaded resource={resource} rows={8}>
        {({ items }) => <Sentences key={language} texts={items} language={language} reload={resource.reload} />}
      </Loaded>
    </Card>
  );
}

interface SentencesProps {
  texts: readonly SettingText[];
  language: TextLanguage;
  reload(): void;
}

function Sentences({ texts, language, reload }: SentencesProps) {
  const [editing, setEditing] = useState<string | undefined>(undefined);
  const edited = texts.find(({ key }) => key === editing);
  return (
    <>
      <ul class="texts">
        {texts.map((text) => (
          <TextEntry key={text.key} text={text} language={language} onEdit={() => setEditing(text.key)} />
        ))}
      </ul>
      {edited === undefined ? null : (
        <TextEditor
          text={edited}
          language={language}
          name={textName(edited.key)}
          onClose={() => setEditing(undefined)}
          onSaved={reload}
        />
      )}
    </>
  );
}

function TextEntry({ text, language, onEdit }: { text: SettingText; language: TextLanguage; onEdit(): void }) {
  const name = textName(text.key);
  return (
    <li class="text-entry">
      <div class="text-entry-head">
        <h3>{name}</h3>
        <span class="muted">{words.places[text.where]}</span>
        {text.default === null ? null : <Badge tone="info">{words.changed}</Badge>}
        {canChange.value ? (
          <Button size="small" icon="edit" label={words.edit(name)} onClick={onEdit}>
            {actions.edit}
          </Button>
        ) : null}
      </div>
      {isSilent(text.value) ? (
        <p class="muted">{words.silent}</p>
      ) : (
        <TextSample where={text.where} language={language} html={text.value} />
      )}
    </li>
  );
}

/** Each language by its name, and how many of its texts are worded otherwise. */
function optionsOf(languages: TextList['languages']) {
  return languages.map(({ code, reworded }) => {
    const name = languageName(code) ?? code;
    return { value: code, label: words.reworded(name.charAt(0).toUpperCase() + name.slice(1), reworded) };
  });
}

function textName(key: string): string {
  return Object.hasOwn(textNames, key) ? (textNames[key] ?? key) : key;
}
