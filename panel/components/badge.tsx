import type { ComponentChildren, VNode } from 'preact';
import type { Tone } from './note.tsx';

/** A state in a word; its colour never says it alone. */
export function Badge({
  tone = 'plain',
  dot,
  children,
}: {
  tone?: Tone;
  dot?: boolean;
  children?: ComponentChildren;
}): VNode {
  return <span class={`badge ${tone}${dot ? ' dotted' : ''}`}>{children}</span>;
}
