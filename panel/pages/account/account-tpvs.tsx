import type { VNode } from 'preact';
import { Button } from '../../components/button.tsx';
import { TpvPicker } from '../../components/tpv-picker.tsx';
import { accountWords } from '../../words/account.ts';

const words = accountWords.manager;

export interface AccountTpvsProps {
  tpvs: readonly { id: string; name: string }[];
  onChange: (tpvs: { id: string; name: string }[]) => void;
}

/** Which TPVs a manager sees and attends. */
export function AccountTpvs({ tpvs, onChange }: AccountTpvsProps): VNode {
  const add = (id: string | undefined, name: string | undefined) => {
    if (id !== undefined && !tpvs.some((one) => one.id === id)) onChange([...tpvs, { id, name: name ?? id }]);
  };
  return (
    <div class="stack">
      <ul class="entries" aria-label={words.tpvs}>
        {tpvs.map(({ id, name }) => (
          <li key={id} class="entry">
            <strong class="entry-text">{name}</strong>
            <Button
              size="small"
              kind="quiet"
              icon="close"
              label={words.without(name)}
              onClick={() => onChange(tpvs.filter((one) => one.id !== id))}
            />
          </li>
        ))}
      </ul>
      <TpvPicker label={words.add} value={undefined} onChange={add} />
    </div>
  );
}
