import { useState } from 'preact/hooks';
import type { UserDetail } from '../../../src/admin/schemas/users.ts';
import { useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { notify } from '../../components/toast.tsx';
import { personName } from '../../format.ts';
import { navigate } from '../../router.ts';
import { userWords as words } from '../../words/user.ts';
import { Assignment } from '../users/assignment.tsx';

export interface UserActionsProps {
  user: UserDetail;
  /** Only what belongs to the daily work: the rest has its place on the person's own page. */
  brief?: boolean;
  reload(): void;
}

/** What is done to a person: given to a TPV, left alone, let back in. */
export function UserActions({ user, brief = false, reload }: UserActionsProps) {
  const [open, setOpen] = useState<'assign' | 'deactivate' | 'erase' | undefined>(undefined);
  const close = () => setOpen(undefined);
  const name = personName(user);
  const setActive = (active: boolean) => send('PATCH', `/api/admin/users/${user.telegram_id}`, { is_active: active });
  const activation = useAction(async () => {
    await setActive(true);
    notify(words.activated(name), 'good');
    reload();
  });
  const activate = async () => {
    if (!(await activation.run())) notify(words.notActivated(name), 'bad');
  };
  const deactivate = async () => {
    await setActive(false);
    notify(words.deactivate.done(name), 'good');
    reload();
  };
  const erase = async () => {
    await send('DELETE', `/api/admin/users/${user.telegram_id}`);
    notify(words.erase.done(name), 'good');
    navigate('/admin/personas');
  };
  return (
    <>
      <Button kind={user.tpv === null ? 'primary' : 'plain'} onClick={() => setOpen('assign')}>
        {user.tpv === null ? words.assign : words.reassign}
      </Button>
      {brief ? null : user.is_active ? (
        <Button onClick={() => setOpen('deactivate')}>{words.deactivate.open}</Button>
      ) : (
        <Button busy={activation.busy} onClick={activate}>
          {words.activate}
        </Button>
      )}
      {brief ? null : (
        <Button kind="danger" onClick={() => setOpen('erase')}>
          {words.erase.open}
        </Button>
      )}
      {open === 'assign' ? (
        <Assignment
          ids={[user.telegram_id]}
          names={new Map([[user.telegram_id, name]])}
          current={user.tpv}
          onClose={close}
          onDone={reload}
        />
      ) : null}
      {open === 'deactivate' ? (
        <ConfirmDialog
          title={words.deactivate.title(name)}
          confirm={words.deactivate.confirm}
          danger
          onConfirm={deactivate}
          onClose={close}
        >
          <p>{words.deactivate.text(name)}</p>
        </ConfirmDialog>
      ) : null}
      {open === 'erase' ? (
        <ConfirmDialog
          title={words.erase.title(name)}
          confirm={words.erase.confirm}
          danger
          onConfirm={erase}
          onClose={close}
        >
          <p>{words.erase.text(name)}</p>
        </ConfirmDialog>
      ) : null}
    </>
  );
}
