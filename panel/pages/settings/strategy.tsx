import { useEffect, useState } from 'preact/hooks';
import type { Settings } from '../../../src/admin/schemas/settings.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ChoiceField } from '../../components/choice-field.tsx';
import { Form, FormActions } from '../../components/form.tsx';
import { canChange } from '../../session.ts';
import { actions } from '../../words/actions.ts';
import { settingsWords } from '../../words/settings.ts';
import { useSettingsChange } from './settings-change.ts';

const words = settingsWords.strategy;
const VALUES = ['least_users', 'round_robin', 'specific'] as const;

/** Who gets a person that writes for the first time. */
export function Strategy({ setting, reload }: { setting: Settings['routing_strategy']; reload(): void }) {
  const [draft, setDraft] = useState(setting.value);
  useEffect(() => setDraft(setting.value), [setting.value]);
  const change = useSettingsChange(reload);
  const mayChange = canChange.value;
  const options = VALUES.map((value) => ({
    value,
    label: value === setting.default ? words.byDefault(words.options[value]) : words.options[value],
    hint: words.hints[value],
    disabled: !mayChange && value !== setting.value,
  }));
  return (
    <Card title={words.title}>
      <Form label={words.title} error={change.error} onSubmit={() => change.run({ routing_strategy: draft })}>
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
