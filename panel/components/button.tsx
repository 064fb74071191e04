import type { ComponentChildren, VNode } from 'preact';
import type { IconName } from '../icons.ts';
import { Icon } from './icon.tsx';

export interface ButtonProps {
  kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  size?: 'small';
  icon?: IconName;
  /** It is being done: not clickable, and says so. */
  busy?: boolean;
  disabled?: boolean;
  /** Makes it a link that looks like a button. */
  href?: string;
  type?: 'button' | 'submit';
  /** What it is called where it shows an icon alone. */
  label?: string;
  onClick?: (event: MouseEvent) => void;
  children?: ComponentChildren;
}

/** Something to press. */
export function Button({
  kind = 'plain',
  size,
  icon,
  busy,
  disabled,
  href,
  type = 'button',
  ...rest
}: ButtonProps): VNode {
  const { label, onClick, children } = rest;
  const look = ['button', kind, size, children === undefined && 'bare'].filter(Boolean).join(' ');
  const inside = (
    <>
      {icon !== undefined && <Icon name={icon} />}
      {children !== undefined && <span>{children}</span>}
    </>
  );
  if (href !== undefined) {
    return (
      <a class={look} href={href} aria-label={label} title={label} onClick={onClick}>
        {inside}
      </a>
    );
  }
  return (
    <button
      class={look}
      type={type}
      disabled={disabled}
      aria-disabled={busy ? 'true' : undefined}
      aria-busy={busy ? 'true' : undefined}
      aria-label={label}
      title={label}
      onClick={busy ? undefined : onClick}
    >
      {inside}
    </button>
  );
}
