import type { ComponentChildren, VNode } from 'preact';

/** One fact; undefined: not known. */
export type KeyValueRow = readonly [label: string, value: ComponentChildren];

/** Facts by name; those that are undefined are left out. */
export function KeyValue({ rows }: { rows: readonly KeyValueRow[] }): VNode {
  const known = rows.filter(([, value]) => value !== undefined);
  return (
    <dl class="facts">
      {known.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
