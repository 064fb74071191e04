import { exact } from '../format.ts';
import { query, setQuery } from '../router.ts';
import { listWords } from '../words/list.ts';
import type { FilterField } from './filter-field.ts';
import { Icon } from './icon.tsx';

/** Filters that are set, each with the way out of it. */
export function FilterChips({ fields }: { fields: readonly FilterField[] }) {
  return (
    <>
      {fields.map(({ name, label, kind }) => (
        <button
          key={name}
          type="button"
          class="chip"
          aria-label={listWords.unset(label, shownValue(name, kind))}
          onClick={() => setQuery({ [name]: undefined })}
        >
          <span class="truncate">
            {label}: <strong>{shownValue(name, kind)}</strong>
          </span>
          <Icon name="close" />
        </button>
      ))}
    </>
  );
}

function shownValue(name: string, kind: FilterField['kind']): string {
  const value = query.value.get(name) ?? '';
  return kind === 'time' && !Number.isNaN(Date.parse(value)) ? exact(value) : value;
}
