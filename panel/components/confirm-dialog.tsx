import type { ComponentChildren, VNode } from 'preact';
import { useAction } from '../action.ts';
import { actions } from '../words/actions.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { ErrorBox } from './error-box.tsx';

export interface ConfirmDialogProps {
  title: string;
  /** What the button that does it says: the verb itself, never "yes". */
  confirm: string;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
  danger?: boolean;
  /** Names what it hits, and what becomes of it. */
  children?: ComponentChildren;
}

/** Asks before something that can't be taken back. Closes when it worked, and else says why it didn't. */
export function ConfirmDialog({ title, confirm, onConfirm, onClose, danger, children }: ConfirmDialogProps): VNode {
  const action = useAction(onConfirm);
  const run = async () => {
    if (await action.run()) onClose();
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{actions.cancel}</Button>
          <Button kind={danger ? 'danger' : 'primary'} busy={action.busy} onClick={run}>
            {confirm}
          </Button>
        </>
      }
    >
      <div class="stack">
        {children}
        {action.error && <ErrorBox error={action.error} />}
      </div>
    </Dialog>
  );
}
