import type { Signal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { listWords } from '../words/list.ts';

type Selection = Signal<ReadonlySet<string>>;

/** Chooses one row. */
export function SelectRow({ selection, rowKey, name }: { selection: Selection; rowKey: string; name: string }): VNode {
  const toggle = () => {
    const next = new Set(selection.value);
    if (!next.delete(rowKey)) next.add(rowKey);
    selection.value = next;
  };
  const checked = selection.value.has(rowKey);
  return <input type="checkbox" checked={checked} aria-label={listWords.choose(name)} onChange={toggle} />;
}

/** Chooses every row that is shown, or none. */
export function SelectAll({ selection, keys }: { selection: Selection; keys: readonly string[] }): VNode {
  const element = useRef<HTMLInputElement>(null);
  const count = keys.filter((key) => selection.value.has(key)).length;
  const all = keys.length > 0 && count === keys.length;
  useEffect(() => {
    if (element.current) element.current.indeterminate = count > 0 && !all;
  });
  const toggle = () => {
    selection.value = all ? new Set() : new Set([...selection.value, ...keys]);
  };
  return <input ref={element} type="checkbox" checked={all} aria-label={listWords.chooseAll} onChange={toggle} />;
}
