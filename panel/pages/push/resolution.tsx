import { useState } from 'preact/hooks';
import type { PushDetail, PushResolution } from '../../../src/admin/schemas/pushes.ts';
import { send } from '../../api.ts';
import { ChoiceField } from '../../components/choice-field.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { notify } from '../../components/toast.tsx';
import { pushWords } from '../../words/push.ts';

const words = pushWords.resolve;
const CHOICES = [
  { value: 'sent', label: words.sent, hint: words.sentHint },
  { value: 'failed', label: words.failed, hint: words.failedHint },
] as const;

/** Says what became of a message of which the hub doesn't know whether it arrived. */
export function Resolution({
  push,
  onClose,
  onDone,
}: {
  push: Pick<PushDetail, 'id'>;
  onClose(): void;
  onDone(): void;
}) {
  const [as, setAs] = useState<PushResolution['as']>('sent');
  const resolve = async () => {
    const body: PushResolution = { as };
    await send('POST', `/api/admin/pushes/${push.id}/resolve`, body);
    notify(words.done, 'good');
    onDone();
  };
  return (
    <ConfirmDialog title={words.title} confirm={words.confirm} onConfirm={resolve} onClose={onClose}>
      <p>{words.explain}</p>
      <ChoiceField label={words.label} value={as} options={CHOICES} onChange={setAs} />
    </ConfirmDialog>
  );
}
