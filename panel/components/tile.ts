import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { Icon, type IconName } from './icon.ts';
import type { Tone } from './note.ts';

export interface TileProps {
  label: string;
  icon: IconName;
  value: ComponentChildren;
  detail?: ComponentChildren;
  tone?: Tone;
  /** Where to see what it counts. */
  href?: string;
}

/** One figure, big enough to read from across the bar. */
export function Tile({ label, icon, value, detail, tone = 'plain', href }: TileProps): VNode {
  const inside = html`
    <span class="tile-label"><${Icon} name=${icon} />${label}</span>
    <span class="tile-value">${value}</span>
    ${detail !== undefined && html`<span class="tile-detail">${detail}</span>`}
  `;
  if (href === undefined) return html`<div class=${`tile ${tone}`}>${inside}</div>`;
  return html`<a class=${`tile ${tone}`} href=${href}>${inside}</a>`;
}
