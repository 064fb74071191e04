import { html, useState } from 'htm/preact';
import type { InstructionAction, InstructionDetail } from '../../../src/admin/schemas/instructions.ts';
import { useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.ts';
import { notify } from '../../components/toast.ts';
import { userName } from '../../components/user-link.ts';
import { navigate } from '../../router.ts';
import { instructionWords as words } from '../../words/instruction.ts';
import { Reassignment } from './reassignment.ts';

/** What can be done with an instruction now, as the hub says. */
export function InstructionActions({ instruction, reload }: { instruction: InstructionDetail; reload(): void }) {
  const [open, setOpen] = useState<InstructionAction | undefined>(undefined);
  const close = () => setOpen(undefined);
  const path = `/api/admin/instructions/${instruction.id}`;
  const retrial = useAction(async () => {
    const { instruction_id: id } = await send<{ instruction_id: string }>('POST', `${path}/retry`);
    notify(words.retried, 'good');
    navigate(`/admin/instrucciones/${id}`);
  });
  const retry = async () => {
    if (!(await retrial.run())) notify(words.notRetried, 'bad');
  };
  const cancel = async () => {
    await send('POST', `${path}/cancel`);
    notify(words.cancelAsk.done, 'good');
    reload();
  };
  const excerpt = instruction.excerpt || instruction.command;
  const may = (action: InstructionAction) => instruction.allowed.includes(action);
  return html`
    ${may('retry') ? html`<${Button} kind="primary" icon="refresh" busy=${retrial.busy} onClick=${retry}>${words.actions.retry}<//>` : null}
    ${may('reassign') ? html`<${Button} onClick=${() => setOpen('reassign')}>${words.actions.reassign}<//>` : null}
    ${may('cancel') ? html`<${Button} kind="danger" onClick=${() => setOpen('cancel')}>${words.actions.cancel}<//>` : null}
    ${open === 'reassign' ? html`<${Reassignment} path=${path} onClose=${close} onDone=${reload} />` : null}
    ${
      open === 'cancel'
        ? html`
            <${ConfirmDialog}
              title=${words.cancelAsk.title}
              confirm=${words.cancelAsk.confirm}
              danger
              onConfirm=${cancel}
              onClose=${close}
            >
              <p>${words.cancelAsk.text(userName(instruction.user), excerpt)}</p>
            <//>
          `
        : null
    }
  `;
}
