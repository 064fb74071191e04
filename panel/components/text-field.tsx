import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Control, described } from './control.tsx';

export interface TextFieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  type?: 'text' | 'password' | 'url' | 'number' | 'datetime-local';
  hint?: ComponentChildren;
  error?: string | undefined;
  required?: boolean;
  autocomplete?: string;
  placeholder?: string;
  disabled?: boolean;
  minLength?: number;
  maxLength?: number;
  min?: number;
  max?: number;
  inputMode?: 'numeric';
  /** Gets the focus when it appears. */
  autofocus?: boolean;
  multiline?: boolean;
  rows?: number;
  mono?: boolean;
}

/** A text to write. */
export function TextField(props: TextFieldProps): VNode {
  const { label, value, onInput, type = 'text', hint, error, required, autofocus, multiline, rows = 4, mono } = props;
  const id = useId();
  const element = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  useEffect(() => {
    if (autofocus) element.current?.focus();
  }, []);
  const attributes = {
    ref: element,
    id,
    value,
    required,
    // For a dialog, which gives the focus away when it opens.
    autofocus,
    class: mono ? 'mono' : undefined,
    autocomplete: props.autocomplete ?? 'off',
    placeholder: props.placeholder,
    disabled: props.disabled,
    minLength: props.minLength,
    maxLength: props.maxLength,
    spellcheck: mono ? false : undefined,
    onInput: (event: InputEvent & { currentTarget: HTMLInputElement | HTMLTextAreaElement }) =>
      onInput(event.currentTarget.value),
    ...described(id, hint, error),
  };
  return (
    <Control id={id} label={label} hint={hint} error={error} required={required}>
      {multiline ? (
        <textarea {...attributes} rows={rows} />
      ) : type === 'password' ? (
        <input {...attributes} type="password" inputmode={props.inputMode} />
      ) : (
        // A `list` would make it a combo box: to Preact's types that is another kind of input.
        <input
          {...attributes}
          type={type}
          list={undefined}
          min={props.min}
          max={props.max}
          inputmode={props.inputMode}
        />
      )}
    </Control>
  );
}
