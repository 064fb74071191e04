import type { Signal } from '@preact/signals';
import type { ComponentChildren, VNode } from 'preact';
import { listWords } from '../words/list.ts';
import { Button } from './button.tsx';

/** What can be done with the chosen rows, while some are. */
export function BulkBar({
  selection,
  children,
}: {
  selection: Signal<ReadonlySet<string>>;
  children?: ComponentChildren;
}): VNode | null {
  const count = selection.value.size;
  if (count === 0) return null;
  const clear = () => {
    selection.value = new Set();
  };
  return (
    <section class="bulk" aria-label={listWords.chosen(count)}>
      <strong aria-live="polite">{listWords.chosen(count)}</strong>
      <div class="row">{children}</div>
      <Button kind="quiet" icon="close" label={listWords.unchoose} onClick={clear} />
    </section>
  );
}
