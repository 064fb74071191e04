import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';

/** Facts by name; those that are undefined are left out. */
export function KeyValue({ rows }: { rows: readonly (readonly [label: string, value: ComponentChildren])[] }): VNode {
  const known = rows.filter(([, value]) => value !== undefined);
  return html`<dl class="facts">
    ${known.map(([label, value]) => html`<div key=${label}><dt>${label}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}
