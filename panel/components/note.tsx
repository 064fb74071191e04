import type { ComponentChildren, VNode } from 'preact';
import { Icon } from './icon.tsx';

/** How good something is. */
export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'plain';

const ICONS = { good: 'check', warn: 'warn', bad: 'bad', info: 'info', plain: 'info' } as const;

/** A sentence that stands out. */
export function Note({
  tone = 'info',
  title,
  children,
}: {
  tone?: Tone;
  title?: string;
  children?: ComponentChildren;
}): VNode {
  return (
    <div class={`note ${tone}`}>
      <Icon name={ICONS[tone]} />
      <div>
        {title !== undefined && <strong>{title}</strong>}
        <div>{children}</div>
      </div>
    </div>
  );
}
