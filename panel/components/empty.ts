import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { Icon, type IconName } from './icon.ts';

/** Nothing is here, and what to do next. */
export function Empty({
  title,
  icon = 'check',
  children,
}: {
  title: string;
  icon?: IconName;
  children?: ComponentChildren;
}): VNode {
  return html`<div class="empty">
    <span class="empty-icon"><${Icon} name=${icon} /></span>
    <p class="empty-title">${title}</p>
    <div class="muted">${children}</div>
  </div>`;
}
