import { html, useId } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { described } from './control.ts';

export interface CheckFieldProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  hint?: ComponentChildren;
  disabled?: boolean;
}

/** Yes or no. */
export function CheckField({ label, checked, onChange, hint, disabled }: CheckFieldProps): VNode {
  const id = useId();
  const change = (event: Event & { currentTarget: HTMLInputElement }) => onChange(event.currentTarget.checked);
  return html`<div class="choice">
    <input id=${id} type="checkbox" checked=${checked} disabled=${disabled} onChange=${change} ...${described(id, hint, undefined)} />
    <label for=${id}>${label}</label>
    ${hint !== undefined && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
  </div>`;
}
