import type { ComponentChildren, VNode } from 'preact';
import { useId } from 'preact/hooks';

export interface ChoiceFieldProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string; hint?: ComponentChildren; disabled?: boolean }[];
  onChange: (value: Value) => void;
}

/** One of a few, each with its consequence beside it. */
export function ChoiceField<Value extends string>({ label, value, options, onChange }: ChoiceFieldProps<Value>): VNode {
  const name = useId();
  return (
    <fieldset class="choices">
      <legend>{label}</legend>
      {options.map((option) => {
        const id = `${name}-${option.value}`;
        return (
          <div key={option.value} class="choice">
            <input
              id={id}
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              disabled={option.disabled}
              aria-describedby={option.hint === undefined ? undefined : `${id}-hint`}
              onChange={() => onChange(option.value)}
            />
            <label for={id}>{option.label}</label>
            {option.hint !== undefined && (
              <p class="hint" id={`${id}-hint`}>
                {option.hint}
              </p>
            )}
          </div>
        );
      })}
    </fieldset>
  );
}
