import { html, useId, useRef } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { number } from '../format.ts';

export interface TabsProps {
  label: string;
  tabs: readonly { id: string; label: string; count?: number }[];
  current: string;
  onChange: (id: string) => void;
  /** What the current tab shows. */
  children?: ComponentChildren;
}

/** Several views of one thing, one at a time; arrow keys move between them. */
export function Tabs({ label, tabs, current, onChange, children }: TabsProps): VNode {
  const prefix = useId();
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const index = (tabs.findIndex(({ id }) => id === current) + step + tabs.length) % tabs.length;
    const target = tabs[index];
    if (target === undefined) return;
    onChange(target.id);
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[index]?.focus();
  };
  return html`<div class="tabs">
    <div class="tab-list" role="tablist" aria-label=${label} ref=${list} onKeyDown=${move}>
      ${tabs.map(
        (tab) => html`<button
          key=${tab.id}
          type="button"
          role="tab"
          id=${`${prefix}-${tab.id}`}
          aria-selected=${tab.id === current ? 'true' : 'false'}
          aria-controls=${`${prefix}-panel`}
          tabindex=${tab.id === current ? 0 : -1}
          onClick=${() => onChange(tab.id)}
        >${tab.label}${tab.count !== undefined && html`<span class="count">${number(tab.count)}</span>`}</button>`,
      )}
    </div>
    <div role="tabpanel" id=${`${prefix}-panel`} aria-labelledby=${`${prefix}-${current}`} tabindex="0">${children}</div>
  </div>`;
}
