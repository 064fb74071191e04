import { useState } from 'preact/hooks';
import type { TpvDetail } from '../../../src/admin/schemas/tpvs.ts';
import { send } from '../../api.ts';
import { ChoiceField } from '../../components/choice-field.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { notify } from '../../components/toast.tsx';
import { plural } from '../../format.ts';
import { tpvWords } from '../../words/tpv.ts';
import { usersWords } from '../../words/users.ts';

const words = tpvWords.deactivate;
const CHOICES = [
  { value: 'keep', label: words.keep, hint: words.keepHint },
  { value: 'reassign', label: words.reassign, hint: words.reassignHint },
] as const;

/** Stops a TPV, and asks what becomes of the people it serves. */
export function Deactivation({ tpv, onClose, onDone }: { tpv: TpvDetail; onClose(): void; onDone(): void }) {
  const [users, setUsers] = useState<'keep' | 'reassign'>('keep');
  const deactivate = async () => {
    await send('POST', `/api/admin/tpvs/${tpv.id}/deactivate`, { users });
    notify(words.done(tpv.name), 'good');
    onDone();
  };
  const people = plural(tpv.user_count, usersWords.person, usersWords.people);
  return (
    <ConfirmDialog
      title={words.title(tpv.name)}
      confirm={words.confirm}
      danger
      onConfirm={deactivate}
      onClose={onClose}
    >
      <p>{words.text}</p>
      {tpv.user_count === 0 ? null : (
        <ChoiceField label={words.users(people)} value={users} options={CHOICES} onChange={setUsers} />
      )}
    </ConfirmDialog>
  );
}
