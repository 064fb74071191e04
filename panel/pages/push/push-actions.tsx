import { useState } from 'preact/hooks';
import type { PushDetail } from '../../../src/admin/schemas/pushes.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { notify } from '../../components/toast.tsx';
import { userName } from '../../components/user-link.tsx';
import { pushWords } from '../../words/push.ts';
import { Resolution } from './resolution.tsx';

const words = pushWords.resend;

/** What can be done with a message: say what became of it, or send it again. */
export function PushActions({ push, reload }: { push: PushDetail; reload(): void }) {
  const [open, setOpen] = useState<'resend' | 'resolve' | undefined>(undefined);
  const close = () => setOpen(undefined);
  const unknown = push.status === 'unknown';
  const person = userName(push.user);
  const resend = async () => {
    await send('POST', `/api/admin/pushes/${push.id}/resend`);
    notify(words.done, 'good');
    reload();
  };
  if (!unknown && push.status !== 'failed') return null;
  return (
    <>
      {unknown ? (
        <Button kind="primary" onClick={() => setOpen('resolve')}>
          {pushWords.resolve.open}
        </Button>
      ) : null}
      <Button icon="send" kind={unknown ? 'plain' : 'primary'} onClick={() => setOpen('resend')}>
        {words.open}
      </Button>
      {open === 'resolve' ? <Resolution push={push} onClose={close} onDone={reload} /> : null}
      {open === 'resend' ? (
        <ConfirmDialog title={words.title} confirm={words.confirm} danger={unknown} onConfirm={resend} onClose={close}>
          <p>{unknown ? words.twice(person) : words.text(person)}</p>
        </ConfirmDialog>
      ) : null}
    </>
  );
}
