import { html, useEffect, useId, useRef } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { Control, described } from './control.ts';

export interface TextFieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  type?: 'text' | 'password' | 'search' | 'url' | 'number' | 'datetime-local';
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
  inputMode?: string;
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
    onInput: (event: InputEvent & { currentTarget: HTMLInputElement }) => onInput(event.currentTarget.value),
    ...described(id, hint, error),
  };
  return html`<${Control} id=${id} label=${label} hint=${hint} error=${error} required=${required}>
    ${
      multiline
        ? html`<textarea ...${attributes} rows=${rows} />`
        : html`<input ...${attributes} type=${type} min=${props.min} max=${props.max} inputmode=${props.inputMode} />`
    }
  </${Control}>`;
}
