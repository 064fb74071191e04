import { fieldError } from '../../action.ts';
import type { ApiError } from '../../api.ts';
import { TextField } from '../../components/text-field.tsx';
import { tpvsWords as words } from '../../words/tpvs.ts';

/** What a person types about a TPV. */
export interface TpvDraft {
  name: string;
  endpoint_url: string;
  max_users: string;
}

export interface TpvFieldsProps {
  draft: TpvDraft;
  onChange(draft: TpvDraft): void;
  error: ApiError | undefined;
}

/** The fields of a new TPV and of one that is edited. */
export function TpvFields({ draft, onChange, error }: TpvFieldsProps) {
  const change = (name: keyof TpvDraft) => (value: string) => onChange({ ...draft, [name]: value });
  return (
    <>
      <TextField
        label={words.form.name}
        hint={words.form.nameHint}
        value={draft.name}
        onInput={change('name')}
        error={fieldError(error, 'name')}
        required
        maxLength={200}
        autocomplete="off"
        autofocus
      />
      <TextField
        label={words.form.endpoint}
        hint={words.form.endpointHint}
        value={draft.endpoint_url}
        onInput={change('endpoint_url')}
        error={fieldError(error, 'endpoint_url')}
        type="url"
        required
        maxLength={2_000}
        autocomplete="off"
      />
      <TextField
        label={words.form.maxUsers}
        value={draft.max_users}
        onInput={change('max_users')}
        error={fieldError(error, 'max_users')}
        type="number"
        min={1}
        inputMode="numeric"
        required
      />
    </>
  );
}

/** What the hub is asked for. The browser's own check let only numbers through. */
export function tpvBody(draft: TpvDraft) {
  return { name: draft.name.trim(), endpoint_url: draft.endpoint_url.trim(), max_users: Number(draft.max_users) };
}
