import type { ComponentChildren, VNode } from 'preact';
import { Icon } from './icon.tsx';

export interface ControlProps {
  /** The id of the input that `children` holds; `${id}-hint` and `${id}-error` describe it. */
  id: string;
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  required?: boolean | undefined;
  children?: ComponentChildren;
}

/** What stands around an input: its label, a hint, and what is wrong with it. */
export function Control({ id, label, hint, error, required, children }: ControlProps): VNode {
  return (
    <div class={`field${error === undefined ? '' : ' faulty'}`}>
      <label for={id}>
        {label}
        {required && (
          <span class="required" aria-hidden="true">
            {' '}
            *
          </span>
        )}
      </label>
      {children}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p class="field-error" id={`${id}-error`}>
          <Icon name="bad" />
          {error}
        </p>
      )}
    </div>
  );
}

/** The attributes by which an input refers to what stands around it. */
export function described(id: string, hint: unknown, error: string | undefined): Record<string, string | undefined> {
  const ids = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean);
  return {
    'aria-describedby': ids.length === 0 ? undefined : ids.join(' '),
    'aria-invalid': error === undefined ? undefined : 'true',
  };
}
