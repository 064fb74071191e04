import type { QuarantineDiscarded } from '../../../src/admin/schemas/quarantine.ts';
import { send } from '../../api.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { notify } from '../../components/toast.tsx';
import { plural } from '../../format.ts';
import { quarantineWords } from '../../words/quarantine.ts';

const words = quarantineWords.discard;
/** As many as the hub takes in one request. */
const AT_ONCE = 200;

/** Asks whether to discard updates, and discards them. */
export function Discard({ seqs, onClose, onDone }: { seqs: readonly number[]; onClose(): void; onDone(): void }) {
  const discard = async () => {
    let count = 0;
    for (let from = 0; from < seqs.length; from += AT_ONCE) {
      const body = { seqs: seqs.slice(from, from + AT_ONCE) };
      count += (await send<QuarantineDiscarded>('POST', '/api/admin/quarantine/discard', body)).count;
    }
    notify(count === 0 ? words.gone : words.done(count, updates(count)), count === 0 ? 'warn' : 'good');
    onDone();
  };
  return (
    <ConfirmDialog
      title={words.title(updates(seqs.length))}
      confirm={words.button}
      danger
      onConfirm={discard}
      onClose={onClose}
    >
      <p>{words.text}</p>
    </ConfirmDialog>
  );
}

function updates(count: number): string {
  return plural(count, words.one, words.many);
}
