import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Form, FormActions } from '../../components/form.tsx';
import { SelectField } from '../../components/select-field.tsx';
import { accountWords } from '../../words/account.ts';
import { followLanguage, language, PANEL_LANGUAGES, type PanelLanguage } from '../../words/language.ts';

const words = accountWords.language;

/** Each in its own words, for who does not know the other. */
const NAMES: Readonly<Record<PanelLanguage, string>> = { es: 'Español', en: 'English' };
const OPTIONS = PANEL_LANGUAGES.map((value) => ({ value, label: NAMES[value] }));

/** Chooses in which language the panel speaks to the account; it is loaded anew then. */
export function LanguageCard(): VNode {
  const [chosen, setChosen] = useState<PanelLanguage>(language);
  const change = useAction(async () => {
    await send('PUT', '/api/admin/account/language', { language: chosen });
    followLanguage(chosen);
  });
  return (
    <Card title={words.title}>
      <Form label={words.title} error={change.error} onSubmit={() => change.run()}>
        <SelectField
          label={words.label}
          value={chosen}
          options={OPTIONS}
          onChange={(value) => setChosen(PANEL_LANGUAGES.find((one) => one === value) ?? language)}
          hint={words.hint}
        />
        <FormActions>
          <Button type="submit" busy={change.busy} disabled={chosen === language}>
            {words.save}
          </Button>
        </FormActions>
      </Form>
    </Card>
  );
}
