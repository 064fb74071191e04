import type { ComponentChildren, VNode } from 'preact';

/** What machines read: ids, keys, JSON. */
export function Code({
  block,
  wrap,
  children,
}: {
  block?: boolean;
  wrap?: boolean;
  children?: ComponentChildren;
}): VNode {
  if (!block) return <code>{children}</code>;
  // A region that scrolls has to be reachable by keyboard.
  return (
    <pre class={wrap ? 'wrap' : ''} tabindex={0}>
      <code>{children}</code>
    </pre>
  );
}
