import type { ComponentChildren, VNode } from 'preact';
import { useId } from 'preact/hooks';
import { Control, described } from './control.tsx';

export interface Option {
  value: string;
  label: string;
}

export interface SelectFieldProps {
  label: string;
  value: string;
  options: readonly Option[];
  onChange: (value: string) => void;
  hint?: ComponentChildren;
  error?: string | undefined;
  disabled?: boolean;
  required?: boolean;
}

/** One of a few. */
export function SelectField({
  label,
  value,
  options,
  onChange,
  hint,
  error,
  disabled,
  required,
}: SelectFieldProps): VNode {
  const id = useId();
  const change = (event: Event & { currentTarget: HTMLSelectElement }) => onChange(event.currentTarget.value);
  return (
    <Control id={id} label={label} hint={hint} error={error} required={required}>
      <select
        id={id}
        value={value}
        disabled={disabled}
        required={required}
        onChange={change}
        {...described(id, hint, error)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Control>
  );
}
