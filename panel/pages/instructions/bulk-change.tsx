import { useState } from 'preact/hooks';
import type { BulkOutcome, InstructionAction } from '../../../src/admin/schemas/instructions.ts';
import { useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Note } from '../../components/note.tsx';
import { notify } from '../../components/toast.tsx';
import { TpvPicker } from '../../components/tpv-picker.tsx';
import { number, plural } from '../../format.ts';
import { usePreview } from '../../preview.ts';
import { tally } from '../../tally.ts';
import { instructionsWords } from '../../words/instructions.ts';
import { instructionStates } from '../../words/states.ts';

const words = instructionsWords.bulk;
const PATH = '/api/admin/instructions/bulk';
/** As many as the hub takes at once. */
const MOST_AT_ONCE = 1_000;

export interface BulkChangeProps {
  action: InstructionAction;
  ids: readonly string[];
  onClose(): void;
  onDone(): void;
}

/** Retries, cancels or reassigns many instructions, after counting them and saying which are left out, and why. */
export function BulkChange({ action, ids, onClose, onDone }: BulkChangeProps) {
  const [tpvId, setTpvId] = useState<string | undefined>(undefined);
  const tooMany = ids.length > MOST_AT_ONCE;
  const ready = !tooMany && (action !== 'reassign' || tpvId !== undefined);
  const body = (preview: boolean) => ({ action, ids, preview, ...(tpvId === undefined ? {} : { tpv_id: tpvId }) });
  const { value: preview, error } = usePreview<BulkOutcome>('POST', PATH, ready ? body(true) : undefined);
  const change = useAction(async () => {
    const { count } = await send<BulkOutcome>('POST', PATH, body(false));
    notify(words.done[action](number(count)), 'good');
    onDone();
    onClose();
  });
  const fault = change.error ?? error;
  return (
    <Dialog
      title={words.title[action](instructions(ids.length))}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{words.close}</Button>
          <Button
            kind={action === 'cancel' ? 'danger' : 'primary'}
            busy={change.busy}
            disabled={preview === undefined || preview.count === 0}
            onClick={change.run}
          >
            {words.confirm[action]}
          </Button>
        </>
      }
    >
      <div class="stack">
        <p>{words.explain[action]}</p>
        {action === 'reassign' ? (
          <TpvPicker
            label={words.picker}
            value={tpvId}
            activeOnly
            onChange={(id: string | undefined) => setTpvId(id)}
          />
        ) : null}
        {tooMany ? <Note tone="warn">{words.tooMany(number(MOST_AT_ONCE))}</Note> : null}
        <div role="status">
          {preview ? <Outcome action={action} preview={preview} /> : null}
          {ready && preview === undefined && !fault ? <p class="muted">{words.counting}</p> : null}
        </div>
        {fault ? <ErrorBox error={fault} /> : null}
      </div>
    </Dialog>
  );
}

function Outcome({ action, preview }: { action: InstructionAction; preview: BulkOutcome }) {
  const { count, by_status: byStatus, skipped } = preview;
  return (
    <Note tone={count === 0 ? 'warn' : 'info'}>
      <p>{count === 0 ? words.nothing : words.count[action](count, instructions(count))}</p>
      {Object.entries(byStatus).map(([status, rows]) => (
        // The hub's own words for a state.
        <p key={status}>{words.byStatus(number(rows), instructionStates[status as keyof typeof instructionStates])}</p>
      ))}
      {tally(skipped, ({ reason }) => reason).map(([reason, rows]) => (
        <p key={reason}>{words.skipped(number(rows.length), words.reasons[reason])}</p>
      ))}
    </Note>
  );
}

function instructions(count: number): string {
  return plural(count, instructionsWords.one, instructionsWords.many);
}
