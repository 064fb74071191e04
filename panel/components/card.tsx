import type { ComponentChildren, VNode } from 'preact';
import { useId } from 'preact/hooks';

export interface CardProps {
  title?: ComponentChildren;
  actions?: ComponentChildren;
  tone?: 'plain' | 'bad' | 'warn';
  children?: ComponentChildren;
}

/** A part of a page with a heading of its own. */
export function Card({ title, actions, tone = 'plain', children }: CardProps): VNode {
  const id = useId();
  const head = (title !== undefined || actions !== undefined) && (
    <header class="card-head">
      {title !== undefined && <h2 id={id}>{title}</h2>}
      {actions !== undefined && <div class="row">{actions}</div>}
    </header>
  );
  return (
    <section class={`card ${tone}`} aria-labelledby={title === undefined ? undefined : id}>
      {head}
      {children}
    </section>
  );
}
