import type { ComponentChildren, VNode } from 'preact';
import type { ApiError } from '../api.ts';
import { ErrorBox } from './error-box.tsx';

export interface FormProps {
  onSubmit: () => void;
  /** Why it was refused. */
  error?: ApiError | undefined;
  /** What the form is called, where no heading says it. */
  label?: string;
  children?: ComponentChildren;
}

/** Fields that are sent together; Enter sends them, too. */
export function Form({ onSubmit, error, label, children }: FormProps): VNode {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form class="form" aria-label={label} onSubmit={submit}>
      {error && <ErrorBox error={error} />}
      {children}
    </form>
  );
}

/** The buttons of a form. */
export function FormActions({ children }: { children?: ComponentChildren }): VNode {
  return <div class="form-actions">{children}</div>;
}
