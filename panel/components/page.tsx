import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { goBack, moves } from '../router.ts';
import { session } from '../session.ts';
import { frameWords } from '../words/frame.ts';
import { Icon } from './icon.tsx';
import { Note } from './note.tsx';

export interface PageProps {
  /** The heading, and the tab's title. */
  title: string;
  lead?: ComponentChildren;
  /** Stands beside the heading. */
  actions?: ComponentChildren;
  back?: { href: string; label: string };
  /** False where a viewer may do everything that the page offers. */
  changes?: boolean;
  children?: ComponentChildren;
}

/** One page: its heading, which gets the focus when somebody comes here, and what belongs to it. */
export function Page({ title, lead, actions, back, changes = true, children }: PageProps): VNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${frameWords.product}`;
  }, [title]);
  useEffect(() => {
    // Not on the first page: there the browser starts at the top by itself.
    if (moves.peek() > 0) heading.current?.focus({ preventScroll: true });
  }, []);
  const returnTo = (event: MouseEvent) => {
    if (back === undefined || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    goBack(back.href);
  };
  return (
    <div class="page">
      <header class="page-head">
        <div class="page-title">
          {back && (
            <a class="back" href={back.href} onClick={returnTo}>
              <Icon name="back" />
              {back.label}
            </a>
          )}
          <h1 ref={heading} tabindex={-1}>
            {title}
          </h1>
          {lead !== undefined && <p class="lead">{lead}</p>}
        </div>
        {actions !== undefined && <div class="page-actions">{actions}</div>}
      </header>
      {changes && session.value?.role === 'viewer' && <Note tone="info">{frameWords.viewer}</Note>}
      {children}
    </div>
  );
}
