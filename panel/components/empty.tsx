import type { ComponentChildren, VNode } from 'preact';
import type { IconName } from '../icons.ts';
import { Icon } from './icon.tsx';

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
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name={icon} />
      </span>
      <p class="empty-title">{title}</p>
      <div class="muted">{children}</div>
    </div>
  );
}
