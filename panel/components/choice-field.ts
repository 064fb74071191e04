import { html, useId } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';

export interface ChoiceFieldProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string; hint?: ComponentChildren; disabled?: boolean }[];
  onChange: (value: string) => void;
}

/** One of a few, each with its consequence beside it. */
export function ChoiceField({ label, value, options, onChange }: ChoiceFieldProps): VNode {
  const name = useId();
  return html`<fieldset class="choices">
    <legend>${label}</legend>
    ${options.map((option) => {
      const id = `${name}-${option.value}`;
      return html`<div key=${option.value} class="choice">
        <input
          id=${id}
          type="radio"
          name=${name}
          value=${option.value}
          checked=${option.value === value}
          disabled=${option.disabled}
          aria-describedby=${option.hint === undefined ? undefined : `${id}-hint`}
          onChange=${() => onChange(option.value)}
        />
        <label for=${id}>${option.label}</label>
        ${option.hint !== undefined && html`<p class="hint" id=${`${id}-hint`}>${option.hint}</p>`}
      </div>`;
    })}
  </fieldset>`;
}
