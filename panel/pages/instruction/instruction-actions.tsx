import { useState } from 'preact/hooks';
import type { InstructionAction, InstructionDetail } from '../../../src/admin/schemas/instructions.ts';
import { useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { commandName } from '../../command-name.ts';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { notify } from '../../components/toast.tsx';
import { userName } from '../../components/user-link.tsx';
import { navigate } from '../../router.ts';
import { canChange } from '../../session.ts';
import { instructionWords as words } from '../../words/instruction.ts';
import { Reassignment } from './reassignment.tsx';

export interface InstructionActionsProps {
  instruction: Pick<InstructionDetail, 'id' | 'allowed' | 'excerpt' | 'command' | 'user'>;
  size?: 'small';
  reload(): void;
  /** What follows a retry; its own page where absent. */
  onRetried?: () => void;
}

/** What can be done with an instruction now, as the hub says. */
export function InstructionActions({ instruction, size, reload, onRetried }: InstructionActionsProps) {
  const [open, setOpen] = useState<InstructionAction | undefined>(undefined);
  const close = () => setOpen(undefined);
  const path = `/api/admin/instructions/${instruction.id}`;
  const retrial = useAction(async () => {
    const { instruction_id: id } = await send<{ instruction_id: string }>('POST', `${path}/retry`);
    notify(words.retried, 'good');
    if (onRetried === undefined) navigate(`/admin/instrucciones/${id}`);
    else onRetried();
  });
  const retry = async () => {
    if (!(await retrial.run())) notify(words.notRetried, 'bad');
  };
  const cancel = async () => {
    await send('POST', `${path}/cancel`);
    notify(words.cancelAsk.done, 'good');
    reload();
  };
  const excerpt = instruction.excerpt || commandName(instruction.command);
  // To another TPV it goes by who sees them all.
  const may = (action: InstructionAction) =>
    instruction.allowed.includes(action) && (action !== 'reassign' || canChange.value);
  return (
    <>
      {may('retry') ? (
        <Button
          kind={size === undefined ? 'primary' : 'plain'}
          size={size}
          icon="refresh"
          busy={retrial.busy}
          onClick={retry}
        >
          {words.actions.retry}
        </Button>
      ) : null}
      {may('reassign') ? (
        <Button size={size} onClick={() => setOpen('reassign')}>
          {words.actions.reassign}
        </Button>
      ) : null}
      {may('cancel') ? (
        <Button kind={size === undefined ? 'danger' : 'plain'} size={size} onClick={() => setOpen('cancel')}>
          {words.actions.cancel}
        </Button>
      ) : null}
      {open === 'reassign' ? <Reassignment path={path} onClose={close} onDone={reload} /> : null}
      {open === 'cancel' ? (
        <ConfirmDialog
          title={words.cancelAsk.title}
          confirm={words.cancelAsk.confirm}
          danger
          onConfirm={cancel}
          onClose={close}
        >
          <p>{words.cancelAsk.text(userName(instruction.user), excerpt)}</p>
        </ConfirmDialog>
      ) : null}
    </>
  );
}
