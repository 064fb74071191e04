import { useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { notify } from '../../components/toast.tsx';
import { TpvPicker } from '../../components/tpv-picker.tsx';
import { actions } from '../../words/actions.ts';
import { instructionWords } from '../../words/instruction.ts';

const words = instructionWords.reassignAsk;

/** Gives one instruction to another TPV. */
export function Reassignment({ path, onClose, onDone }: { path: string; onClose(): void; onDone(): void }) {
  const [target, setTarget] = useState<{ id: string; name: string } | undefined>(undefined);
  const reassignment = useAction(async () => {
    await send('POST', `${path}/reassign`, { tpv_id: target?.id });
    notify(words.done(target?.name ?? ''), 'good');
    onDone();
    onClose();
  });
  return (
    <Dialog
      title={words.title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{actions.cancel}</Button>
          <Button kind="primary" busy={reassignment.busy} disabled={target === undefined} onClick={reassignment.run}>
            {words.confirm}
          </Button>
        </>
      }
    >
      <div class="stack">
        <p>{words.text}</p>
        <TpvPicker
          label={words.picker}
          value={target?.id}
          activeOnly
          onChange={(id: string | undefined, name: string | undefined) =>
            setTarget(id === undefined ? undefined : { id, name: name ?? id })
          }
        />
        {reassignment.error ? <ErrorBox error={reassignment.error} /> : null}
      </div>
    </Dialog>
  );
}
