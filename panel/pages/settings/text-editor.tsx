import { useRef, useState } from 'preact/hooks';
import { plainOfMarkup } from '../../../src/admin/schemas/telegram-markup.ts';
import type { SettingText, TextLanguage, TextPreview } from '../../../src/admin/schemas/texts.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Form, FormActions } from '../../components/form.tsx';
import { Note } from '../../components/note.tsx';
import { TextField } from '../../components/text-field.tsx';
import { languageName } from '../../format-language.ts';
import { usePreview } from '../../preview.ts';
import { actions } from '../../words/actions.ts';
import { settingsWords } from '../../words/settings.ts';
import { useSettingsChange } from './settings-change.ts';
import { isSilent, TextSample } from './text-sample.tsx';

const words = settingsWords.texts;
/** After the last key, the preview is asked for so much later. */
const TYPING_PAUSE_MS = 250;

export interface TextEditorProps {
  text: SettingText;
  language: TextLanguage;
  name: string;
  onClose(): void;
  onSaved(): void;
}

/** Words a text otherwise, and shows meanwhile how people will read it. */
export function TextEditor({ text, language, name, onClose, onSaved }: TextEditorProps) {
  const [draft, setDraft] = useState(text.value);
  const usual = text.default ?? text.value;
  const area = useRef<HTMLDivElement>(null);
  const preview = usePreview<TextPreview>(
    'POST',
    '/api/admin/settings/texts/preview',
    { key: text.key, value: draft },
    TYPING_PAUSE_MS,
  );
  const change = useSettingsChange(onSaved);
  const problems = preview.value?.problems ?? [];
  const save = async () => {
    const value = draft === usual ? null : draft;
    if (await change.run({ texts: { [text.key]: value }, language })) onClose();
  };
  const insert = (placeholder: string) => {
    const field = area.current?.querySelector('textarea');
    const at = field?.selectionStart ?? draft.length;
    setDraft(`${draft.slice(0, at)}{${placeholder}}${draft.slice(field?.selectionEnd ?? at)}`);
    field?.focus();
  };
  const marked = text.where === 'message' || text.where === 'note';
  const title = words.editIn(name, languageName(language) ?? language);
  return (
    <Dialog title={title} wide onClose={onClose}>
      <Form label={title} error={change.error} onSubmit={save}>
        <div ref={area}>
          <TextField
            label={words.label}
            hint={[marked ? words.markup : words.plain, ...(text.may_silence ? [words.maySilence] : [])].join(' ')}
            value={draft}
            onInput={setDraft}
            multiline
            rows={6}
            required={!text.may_silence}
            autofocus
          />
        </div>
        {text.placeholders.length === 0 ? null : (
          <p class="row">
            <span class="muted">{words.placeholders}</span>
            {text.placeholders.map((placeholder) => (
              <Button
                key={placeholder}
                size="small"
                label={words.insert(placeholder)}
                onClick={() => insert(placeholder)}
              >{`{${placeholder}}`}</Button>
            ))}
          </p>
        )}
        <section aria-label={words.preview} aria-live="polite">
          <p class="muted">{words.preview}</p>
          {preview.value ? <Sample where={text.where} language={language} preview={preview.value} /> : null}
          {problems.length === 0 ? null : (
            <Note tone="bad" title={words.problems}>
              <ul>
                {problems.map((problem) => (
                  <li key={problem}>{problem}</li>
                ))}
              </ul>
            </Note>
          )}
          {preview.error ? <ErrorBox error={preview.error} /> : null}
        </section>
        <FormActions>
          {draft === usual ? null : <Button onClick={() => setDraft(usual)}>{words.reset}</Button>}
          <Button onClick={onClose}>{actions.cancel}</Button>
          <Button
            kind="primary"
            type="submit"
            busy={change.busy}
            disabled={problems.length > 0 || draft === text.value}
          >
            {actions.save}
          </Button>
        </FormActions>
      </Form>
    </Dialog>
  );
}

/** The hub answers in HTML whatever the place is; where a text has no format, its plain text is shown. */
function Sample({
  where,
  language,
  preview,
}: Pick<SettingText, 'where'> & { language: TextLanguage; preview: TextPreview }) {
  const marked = where === 'message' || where === 'note';
  if (isSilent(preview.html)) return preview.problems.length > 0 ? null : <p>{words.silent}</p>;
  return <TextSample where={where} language={language} html={marked ? preview.html : plainOfMarkup(preview.html)} />;
}
