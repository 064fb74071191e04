import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Account } from '../../../src/admin/schemas/accounts.ts';
import { at } from '../../address.ts';
import { send } from '../../api.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { RoleBadge } from '../../components/status.tsx';
import { Time } from '../../components/time.tsx';
import { notify } from '../../components/toast.tsx';
import { useResource } from '../../resource.ts';
import { accountWords as words } from '../../words/account.ts';
import { actions } from '../../words/actions.ts';
import { timeWords } from '../../words/time.ts';
import { InvitationDialog } from './invitation-dialog.tsx';
import { ManagerTpvsDialog } from './manager-tpvs-dialog.tsx';
import { NewAccountDialog } from './new-account-dialog.tsx';
import { ResetPasswordDialog } from './reset-password-dialog.tsx';

type Task =
  | { kind: 'add' }
  | { kind: 'invite'; account: Pick<Account, 'id' | 'name'> }
  | { kind: 'role' | 'tpvs' | 'password' | 'remove'; account: Account };

/** Everybody who may come in, for administrators. */
export function AccountsCard({ own }: { own: string }): VNode {
  const accounts = useResource(at('/api/admin/accounts'), { kinds: ['account'] });
  const [task, setTask] = useState<Task | undefined>(undefined);
  return (
    <Card
      title={words.accounts}
      actions={
        <Button icon="plus" onClick={() => setTask({ kind: 'add' })}>
          {words.add}
        </Button>
      }
    >
      <Loaded resource={accounts}>
        {({ items }) => (
          <ul class="entries" aria-label={words.accounts}>
            {items.map((account) => (
              <Entry key={account.id} account={account} own={account.name === own} onTask={setTask} />
            ))}
          </ul>
        )}
      </Loaded>
      {task && (
        <TaskDialog
          key={task.kind}
          task={task}
          onClose={() => setTask(undefined)}
          onDone={accounts.reload}
          onInvite={(account) => setTask({ kind: 'invite', account })}
        />
      )}
    </Card>
  );
}

function Entry({ account, own, onTask }: { account: Account; own: boolean; onTask: (task: Task) => void }): VNode {
  const { name, role, totp_enabled: totp, telegram_linked: telegram, last_login_at: lastLogin } = account;
  return (
    <li class="entry">
      <div class="entry-text">
        <span class="row">
          <strong>{name}</strong>
          {own && <small class="muted">({words.you})</small>}
          <RoleBadge role={role} />
          {totp && <Badge tone="good">2FA</Badge>}
          {telegram && <Badge tone="good">{words.telegramBadge}</Badge>}
        </span>
        {role === 'manager' && <small>{account.tpvs.map((tpv) => tpv.name).join(', ')}</small>}
        <small class="muted">
          {words.lastLogin}: <Time at={lastLogin} empty={timeWords.never} />
        </small>
      </div>
      {!own && (
        <div class="row">
          {role === 'manager' ? (
            <>
              <Button size="small" icon="send" onClick={() => onTask({ kind: 'invite', account })}>
                {words.manager.invite}
              </Button>
              <Button size="small" onClick={() => onTask({ kind: 'tpvs', account })}>
                {words.manager.edit}
              </Button>
            </>
          ) : (
            <Button size="small" onClick={() => onTask({ kind: 'role', account })}>
              {words.makeRole[role === 'admin' ? 'viewer' : 'admin']}
            </Button>
          )}
          <Button size="small" onClick={() => onTask({ kind: 'password', account })}>
            {words.resetPassword}
          </Button>
          <Button
            size="small"
            kind="quiet"
            icon="trash"
            label={words.removeLabel(name)}
            onClick={() => onTask({ kind: 'remove', account })}
          />
        </div>
      )}
    </li>
  );
}

interface TaskDialogProps {
  task: Task;
  onClose: () => void;
  onDone: () => void;
  onInvite: (account: Account) => void;
}

function TaskDialog({ task, onClose, onDone, onInvite }: TaskDialogProps): VNode {
  if (task.kind === 'add') return <NewAccountDialog onClose={onClose} onDone={onDone} onInvite={onInvite} />;
  if (task.kind === 'invite') return <InvitationDialog account={task.account} onClose={onClose} />;
  if (task.kind === 'tpvs') return <ManagerTpvsDialog account={task.account} onClose={onClose} onDone={onDone} />;
  const { id, name, role } = task.account;
  const path = `/api/admin/accounts/${id}`;
  if (task.kind === 'password') return <ResetPasswordDialog account={task.account} onClose={onClose} />;
  if (task.kind === 'role') {
    const other = role === 'admin' ? 'viewer' : 'admin';
    const change = async () => {
      await send('PATCH', path, { role: other });
      notify(words.roleChanged(name));
      onDone();
    };
    return (
      <ConfirmDialog title={words.roleTitle(name)} confirm={words.makeRole[other]} onConfirm={change} onClose={onClose}>
        <p>{words.roleHints[other]}</p>
      </ConfirmDialog>
    );
  }
  const remove = async () => {
    await send('DELETE', path);
    notify(words.removed(name));
    onDone();
  };
  return (
    <ConfirmDialog title={words.removeTitle(name)} confirm={actions.delete} danger onConfirm={remove} onClose={onClose}>
      <p>{words.removeText}</p>
    </ConfirmDialog>
  );
}
