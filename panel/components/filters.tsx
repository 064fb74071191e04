import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { href } from '../address.ts';
import { query, setQuery } from '../router.ts';
import { seesAll, timeZone } from '../session.ts';
import { momentOf, wallTime } from '../wall-time.ts';
import { actions } from '../words/actions.ts';
import { listWords } from '../words/list.ts';
import { Button } from './button.tsx';
import { FilterChips } from './filter-chips.tsx';
import type { FilterField } from './filter-field.ts';
import { Icon } from './icon.tsx';

export interface FiltersProps {
  fields: readonly FilterField[];
  /** Where the list comes as CSV, with the same filters. */
  csv?: string;
  children?: ComponentChildren;
}

/** So long after the last key a text is searched for. */
const TYPING_PAUSE_MS = 250;

/**
 * What a list is narrowed down by: a search and what is chosen often stand open, the rest is one press away, and a chip
 * where it is set. Lives in the address, so that it can be shared and gone back to.
 */
export function Filters({ fields, csv, children }: FiltersProps): VNode {
  const [unfolded, setUnfolded] = useState(false);
  const id = useId();
  const set = fields.filter(({ name }) => query.value.has(name));
  const rare = fields.filter(isRare);
  const clear = () => setQuery(Object.fromEntries(fields.map(({ name }) => [name, undefined])));
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers of 2022 know the role, and not yet the element.
    <div id={id} class={unfolded ? 'filters' : 'filters folded'} role="search" aria-label={listWords.filters}>
      {fields.map((field) => (isRare(field) ? null : <Filter key={field.name} field={field} />))}
      {children}
      <button
        class={`button quiet fold${rare.length === 0 ? ' phone' : ''}`}
        type="button"
        aria-expanded={unfolded ? 'true' : 'false'}
        aria-controls={id}
        onClick={() => setUnfolded(!unfolded)}
      >
        <Icon name={unfolded ? 'up' : 'down'} />
        <span>{unfolded ? listWords.lessFilters : listWords.moreFilters}</span>
      </button>
      {unfolded ? null : <FilterChips fields={set.filter(isRare)} />}
      <div class="filter-actions">
        {set.length > 0 && (
          <Button kind="quiet" icon="close" onClick={clear}>
            {actions.clear}
          </Button>
        )}
        {csv !== undefined && seesAll.value && (
          <a class="button quiet" href={href(csv, query.value)} download>
            <Icon name="download" />
            <span>{actions.download}</span>
          </a>
        )}
      </div>
      {unfolded && rare.length > 0 ? (
        <div class="filter-more">
          {rare.map((field) => (
            <Filter key={field.name} field={field} />
          ))}
        </div>
      ) : null}
    </div>
  );
}

/** Whether it is looked for by something that is seldom at hand. */
function isRare({ kind }: FilterField): boolean {
  return kind === 'text' || kind === 'time';
}

function Filter({ field }: { field: FilterField }): VNode {
  const id = useId();
  const value = query.value.get(field.name) ?? '';
  if (field.kind === 'select') {
    const change = (event: Event & { currentTarget: HTMLSelectElement }) =>
      setQuery({ [field.name]: event.currentTarget.value });
    return (
      <div class={`filter pill${value === '' ? '' : ' set'}`}>
        <label for={id}>{field.label}</label>
        <select id={id} value={value} onChange={change}>
          <option value="">{listWords.all}</option>
          {field.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      </div>
    );
  }
  if (field.kind === 'time') {
    const change = (event: Event & { currentTarget: HTMLInputElement }) => {
      const at = momentOf(event.currentTarget.value, timeZone.value);
      setQuery({ [field.name]: Number.isNaN(at) ? undefined : new Date(at).toISOString() });
    };
    const at = Date.parse(value);
    const shown = Number.isNaN(at) ? '' : wallTime(at, timeZone.value);
    return (
      <div class="filter">
        <label for={id}>{field.label}</label>
        <input id={id} type="datetime-local" value={shown} onChange={change} />
      </div>
    );
  }
  return <TextFilter id={id} field={field} value={value} />;
}

function TextFilter({
  id,
  field,
  value,
}: {
  id: string;
  field: FilterField & { kind: 'search' | 'text' };
  value: string;
}): VNode {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Where the address changed by something else than typing here.
  useEffect(() => {
    if (timer.current === undefined && value !== text.trim()) setText(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const apply = (typed: string) => setQuery({ [field.name]: typed.trim() === '' ? undefined : typed.trim() });
  const type = (event: InputEvent & { currentTarget: HTMLInputElement }) => {
    const typed = event.currentTarget.value;
    setText(typed);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      timer.current = undefined;
      apply(typed);
    }, TYPING_PAUSE_MS);
  };
  const isSearch = field.kind === 'search';
  return (
    <div class={`filter${isSearch ? ' search' : ''}`}>
      <label for={id}>{field.label}</label>
      {isSearch && <Icon name="search" />}
      <input
        id={id}
        type={isSearch ? 'search' : 'text'}
        value={text}
        placeholder={isSearch ? field.label : undefined}
        // A combo box, which has a list, is another kind of input to Preact's types.
        list={undefined}
        maxlength={200}
        autocomplete="off"
        onInput={type}
      />
    </div>
  );
}
