import type { VNode } from 'preact';
import { useId, useState } from 'preact/hooks';
import { at } from '../address.ts';
import { useResource } from '../resource.ts';
import { pickerWords } from '../words/picker.ts';
import { Control } from './control.tsx';
import { TpvStateBadge } from './status.tsx';

export interface TpvPickerProps {
  label: string;
  /** The id of the chosen one. */
  value: string | undefined;
  onChange: (id: string | undefined, name: string | undefined) => void;
  activeOnly?: boolean;
}

/** So many are offered; a search narrows them down. */
const OFFERED = 20;

/** Chooses one TPV out of as many as there are. */
export function TpvPicker({ label, value, onChange, activeOnly }: TpvPickerProps): VNode {
  const id = useId();
  const [text, setText] = useState('');
  const state = activeOnly ? 'active' : undefined;
  const found = useResource(at('/api/admin/tpvs', { query: { q: text.trim(), state, limit: OFFERED } }));
  const items = found.value?.items ?? [];
  const type = (event: InputEvent & { currentTarget: HTMLInputElement }) => setText(event.currentTarget.value);
  return (
    <div class="picker">
      <Control id={id} label={label}>
        <input id={id} type="search" value={text} placeholder={pickerWords.search} autocomplete="off" onInput={type} />
      </Control>
      <div class="picker-list" role="radiogroup" aria-label={label}>
        {items.map((tpv) => (
          <label key={tpv.id} class="picker-option">
            <input type="radio" name={id} checked={tpv.id === value} onChange={() => onChange(tpv.id, tpv.name)} />
            <span class="truncate">{tpv.name}</span>
            <small class="muted nowrap">{pickerWords.places(tpv.user_count, tpv.max_users)}</small>
            <TpvStateBadge tpv={tpv} />
          </label>
        ))}
        {!found.loading && items.length === 0 && <p class="muted">{pickerWords.none}</p>}
        {found.value?.next && <p class="muted">{pickerWords.more}</p>}
      </div>
    </div>
  );
}
