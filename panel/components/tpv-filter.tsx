import type { VNode } from 'preact';
import { useId, useState } from 'preact/hooks';
import { at } from '../address.ts';
import { useResource } from '../resource.ts';
import { query, setQuery } from '../router.ts';
import { tpvFilterWords as words } from '../words/tpv-filter.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { TpvPicker } from './tpv-picker.tsx';

/** Narrows a list down to one TPV; bound to `tpv_id` of the address. */
export function TpvFilter(): VNode {
  const [choosing, setChoosing] = useState(false);
  const label = useId();
  const id = query.value.get('tpv_id') ?? undefined;
  const chosen = useResource(id === undefined ? undefined : at('/api/admin/tpvs/:id', { id }));
  const choose = (tpvId: string | undefined) => {
    setChoosing(false);
    setQuery({ tpv_id: tpvId });
  };
  const name = id === undefined ? words.all : (chosen.value?.name ?? id);
  return (
    <div class={`filter pill${id === undefined ? '' : ' set'}`}>
      <span id={label}>{words.label}</span>
      <button
        id={`${label}-button`}
        type="button"
        class="filter-choice"
        aria-labelledby={`${label} ${label}-button`}
        aria-haspopup="dialog"
        onClick={() => setChoosing(true)}
      >
        <span class="truncate">{name}</span>
      </button>
      {choosing && (
        <Dialog title={words.title} onClose={() => setChoosing(false)}>
          <div class="stack">
            <TpvPicker label={words.label} value={id} onChange={choose} />
            {id !== undefined && (
              <p>
                <Button onClick={() => choose(undefined)}>{words.showAll}</Button>
              </p>
            )}
          </div>
        </Dialog>
      )}
    </div>
  );
}
