import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { SettingsChange } from '../../../src/admin/schemas/settings.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ChoiceField } from '../../components/choice-field.tsx';
import { Form, FormActions } from '../../components/form.tsx';
import { canChange } from '../../session.ts';
import { actions } from '../../words/actions.ts';
import { settingsWords } from '../../words/settings.ts';
import { useSettingsChange } from './settings-change.ts';

export interface ChoiceProps<Value extends string> {
  /** The setting that it changes. */
  name: { [Key in keyof SettingsChange]-?: Value extends SettingsChange[Key] ? Key : never }[keyof SettingsChange];
  words: {
    title: string;
    label: string;
    options: Record<Value, string>;
    hints: Record<Value, string>;
    note: string;
  };
  setting: { value: Value; default: Value };
  reload(): void;
}

/** A setting of a few values, each with its consequence beside it. */
export function Choice<Value extends string>({ name, words, setting, reload }: ChoiceProps<Value>): VNode {
  const [draft, setDraft] = useState(setting.value);
  useEffect(() => setDraft(setting.value), [setting.value]);
  const change = useSettingsChange(reload);
  const mayChange = canChange.value;
  const values = Object.keys(words.options) as Value[];
  const options = values.map((value) => ({
    value,
    label: value === setting.default ? settingsWords.byDefault(words.options[value]) : words.options[value],
    hint: words.hints[value],
    disabled: !mayChange && value !== setting.value,
  }));
  return (
    <Card title={words.title}>
      <Form label={words.title} error={change.error} onSubmit={() => change.run({ [name]: draft })}>
        <ChoiceField label={words.label} value={draft} options={options} onChange={setDraft} />
        <p class="muted">{words.note}</p>
        {mayChange ? (
          <FormActions>
            <Button kind="primary" type="submit" busy={change.busy} disabled={draft === setting.value}>
              {actions.save}
            </Button>
          </FormActions>
        ) : null}
      </Form>
    </Card>
  );
}
