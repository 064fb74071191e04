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

export interface PushActionsProps {
  push: Pick<PushDetail, 'id' | 'status' | 'user'>;
  /** In a conversation. */
  size?: 'small';
  reload(): void;
}

/** What can be done with a message: say what became of it, where its page does not ask, or send it again. */
export function PushActions({ push, size, reload }: PushActionsProps) {
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
      {unknown && size !== undefined ? (
        <Button size={size} onClick={() => setOpen('resolve')}>
          {pushWords.resolve.open}
        </Button>
      ) : null}
      <Button
        icon="send"
        size={size}
        kind={unknown || size !== undefined ? 'plain' : 'primary'}
        onClick={() => setOpen('resend')}
      >
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
