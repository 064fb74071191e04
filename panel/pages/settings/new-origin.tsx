import { useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { Button } from '../../components/button.tsx';
import { Form } from '../../components/form.tsx';
import { TextField } from '../../components/text-field.tsx';
import { actions } from '../../words/actions.ts';
import { settingsWords } from '../../words/settings.ts';

const words = settingsWords.origins;

export interface NewOriginProps {
  label: string;
  /** Those that are allowed already. */
  known: readonly string[];
  onAdd(origin: string): Promise<unknown>;
}

/** Allows one more origin. What is pasted may be a whole address: its origin is taken. */
export function NewOrigin({ label, known, onAdd }: NewOriginProps) {
  const [draft, setDraft] = useState('');
  const addition = useAction(async () => {
    await onAdd(originOf(draft));
    setDraft('');
  });
  const duplicate = known.includes(originOf(draft));
  const fault = addition.error?.details[0]?.message ?? addition.error?.message;
  return (
    <Form label={label} onSubmit={() => (duplicate ? undefined : addition.run())}>
      <div class="field-line">
        <TextField
          label={words.add}
          value={draft}
          onInput={setDraft}
          type="url"
          placeholder={words.placeholder}
          required
          maxLength={300}
          error={duplicate ? words.duplicate : fault}
        />
        <Button type="submit" icon="plus" busy={addition.busy}>
          {actions.add}
        </Button>
      </div>
    </Form>
  );
}

function originOf(text: string): string {
  const url = URL.parse(text.trim());
  return url === null || url.origin === 'null' ? text.trim() : url.origin;
}
