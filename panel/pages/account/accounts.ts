import { html, useState } from 'htm/preact';
import type { VNode } from 'preact';
import type { Account, AccountList } from '../../../src/admin/schemas/accounts.ts';
import { send } from '../../api.ts';
import { Badge } from '../../components/badge.ts';
import { Button } from '../../components/button.ts';
import { Card } from '../../components/card.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.ts';
import { Loaded } from '../../components/loaded.ts';
import { RoleBadge } from '../../components/status.ts';
import { Time } from '../../components/time.ts';
import { notify } from '../../components/toast.ts';
import { useResource } from '../../resource.ts';
import { accountWords as words } from '../../words/account.ts';
import { actions } from '../../words/actions.ts';
import { timeWords } from '../../words/time.ts';
import { NewAccountDialog } from './new-account-dialog.ts';
import { ResetPasswordDialog } from './reset-password-dialog.ts';

type Task = { kind: 'add' } | { kind: 'role' | 'password' | 'remove'; account: Account };

/** Everybody who may come in, for administrators. */
export function AccountsCard({ own }: { own: string }): VNode {
  const accounts = useResource<AccountList>('/api/admin/accounts', { kinds: ['account'] });
  const [task, setTask] = useState<Task | undefined>(undefined);
  return html`<${Card} title=${words.accounts} actions=${html`<${Button} icon="plus" onClick=${() => setTask({ kind: 'add' })}>${words.add}</${Button}>`}>
    <${Loaded} resource=${accounts}>${({ items }: AccountList) => html`<ul class="entries" aria-label=${words.accounts}>
      ${items.map((account) => html`<${Entry} key=${account.id} account=${account} own=${account.name === own} onTask=${setTask} />`)}
    </ul>`}</${Loaded}>
    ${task && html`<${TaskDialog} task=${task} onClose=${() => setTask(undefined)} onDone=${accounts.reload} />`}
  </${Card}>`;
}

function Entry({ account, own, onTask }: { account: Account; own: boolean; onTask: (task: Task) => void }): VNode {
  const { name, role, totp_enabled: totp, last_login_at: lastLogin } = account;
  return html`<li class="entry">
    <div class="entry-text">
      <span class="row"><strong>${name}</strong>${own && html`<small class="muted">(${words.you})</small>`}<${RoleBadge} role=${role} />${totp && html`<${Badge} tone="good">2FA</${Badge}>`}</span>
      <small class="muted">${words.lastLogin}: <${Time} at=${lastLogin} empty=${timeWords.never} /></small>
    </div>
    ${
      !own &&
      html`<div class="row">
        <${Button} size="small" onClick=${() => onTask({ kind: 'role', account })}>${words.makeRole[role === 'admin' ? 'viewer' : 'admin']}</${Button}>
        <${Button} size="small" onClick=${() => onTask({ kind: 'password', account })}>${words.resetPassword}</${Button}>
        <${Button} size="small" kind="quiet" icon="trash" label=${words.removeLabel(name)} onClick=${() => onTask({ kind: 'remove', account })} />
      </div>`
    }
  </li>`;
}

function TaskDialog({ task, onClose, onDone }: { task: Task; onClose: () => void; onDone: () => void }): VNode {
  if (task.kind === 'add') return html`<${NewAccountDialog} onClose=${onClose} onDone=${onDone} />`;
  const { id, name, role } = task.account;
  const path = `/api/admin/accounts/${id}`;
  if (task.kind === 'password') return html`<${ResetPasswordDialog} account=${task.account} onClose=${onClose} />`;
  if (task.kind === 'role') {
    const other = role === 'admin' ? 'viewer' : 'admin';
    const change = async () => {
      await send('PATCH', path, { role: other });
      notify(words.roleChanged(name));
      onDone();
    };
    return html`<${ConfirmDialog} title=${words.roleTitle(name)} confirm=${words.makeRole[other]} onConfirm=${change} onClose=${onClose}>
      <p>${words.roleHints[other]}</p>
    </${ConfirmDialog}>`;
  }
  const remove = async () => {
    await send('DELETE', path);
    notify(words.removed(name));
    onDone();
  };
  return html`<${ConfirmDialog} title=${words.removeTitle(name)} confirm=${actions.delete} danger onConfirm=${remove} onClose=${onClose}>
    <p>${words.removeText}</p>
  </${ConfirmDialog}>`;
}
