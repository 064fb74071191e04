import { useEffect, useState } from 'preact/hooks';
import type { Settings } from '../../../src/admin/schemas/settings.ts';
import { fieldError } from '../../action.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Form, FormActions } from '../../components/form.tsx';
import { TextField } from '../../components/text-field.tsx';
import { plural } from '../../format.ts';
import { canChange } from '../../session.ts';
import { actions } from '../../words/actions.ts';
import { settingsWords } from '../../words/settings.ts';
import { useSettingsChange } from './settings-change.ts';

const words = settingsWords.retention;
const LONGEST_DAYS = 3_650;

/** How long what is finished is kept. */
export function Retention({ setting, reload }: { setting: Settings['retention_days']; reload(): void }) {
  const [draft, setDraft] = useState(String(setting.value));
  useEffect(() => setDraft(String(setting.value)), [setting.value]);
  const change = useSettingsChange(reload);
  const days = Number(draft);
  const wrong = !Number.isInteger(days) || days < 1 || days > LONGEST_DAYS;
  return (
    <Card title={words.title}>
      <Form
        label={words.title}
        error={change.error}
        onSubmit={() => (wrong ? undefined : change.run({ retention_days: days }))}
      >
        <TextField
          label={words.label}
          hint={words.hint(plural(setting.default, words.day, words.days))}
          value={draft}
          onInput={setDraft}
          type="number"
          min={1}
          max={LONGEST_DAYS}
          inputMode="numeric"
          required
          disabled={!canChange.value}
          error={fieldError(change.error, 'retention_days') ?? (wrong ? words.wrong : undefined)}
        />
        {canChange.value ? (
          <FormActions>
            {setting.value === setting.default ? null : (
              <Button busy={change.busy} onClick={() => change.run({ retention_days: null })}>
                {settingsWords.reset}
              </Button>
            )}
            <Button kind="primary" type="submit" busy={change.busy} disabled={wrong || days === setting.value}>
              {actions.save}
            </Button>
          </FormActions>
        ) : null}
      </Form>
    </Card>
  );
}
