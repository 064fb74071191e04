import type { ComponentChildren, VNode } from 'preact';
import type { IconName } from '../icons.ts';
import { Icon } from './icon.tsx';
import type { Tone } from './note.tsx';

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
  const inside = (
    <>
      <span class="tile-label">
        <Icon name={icon} />
        {label}
      </span>
      <span class="tile-value">{value}</span>
      {detail !== undefined && <span class="tile-detail">{detail}</span>}
    </>
  );
  if (href === undefined) return <div class={`tile ${tone}`}>{inside}</div>;
  return (
    <a class={`tile ${tone}`} href={href}>
      {inside}
    </a>
  );
}
