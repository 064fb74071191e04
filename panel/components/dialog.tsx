import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { actions as words } from '../words/actions.ts';
import { Button } from './button.tsx';

export interface DialogProps {
  title: string;
  /** Asked to close, by Esc, the cross, or a click beside it. Absent: it can't be. */
  onClose?: () => void;
  wide?: boolean;
  children?: ComponentChildren;
  /** Buttons under it. */
  actions?: ComponentChildren;
}

/** A window over the page while it is mounted; keeps the focus inside and gives it back. */
export function Dialog({ title, onClose, wide, children, actions }: DialogProps): VNode {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  const cancel = (event: Event) => {
    event.preventDefault();
    onClose?.();
  };
  const beside = (event: MouseEvent) => {
    if (event.target === element.current) onClose?.();
  };
  return (
    <dialog ref={element} class={wide ? 'wide' : ''} aria-labelledby={id} onCancel={cancel} onMouseDown={beside}>
      <div class="dialog">
        <header>
          <h2 id={id}>{title}</h2>
          {onClose && <Button kind="quiet" icon="close" label={words.close} onClick={onClose} />}
        </header>
        <div class="dialog-body">{children}</div>
        {actions !== undefined && <footer>{actions}</footer>}
      </div>
    </dialog>
  );
}
