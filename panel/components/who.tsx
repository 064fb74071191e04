import type { VNode } from 'preact';
import { asApiError, useAction } from '../action.ts';
import { send } from '../api.ts';
import { navigate } from '../router.ts';
import { end, session } from '../session.ts';
import { actions } from '../words/actions.ts';
import { roles } from '../words/states.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import { notify } from './toast.tsx';

/** Who is logged in, and the way out. */
export function Who(): VNode | null {
  const leave = useAction(async () => {
    try {
      await send('POST', '/api/admin/logout');
    } catch (fault) {
      // A session that is over already is what was wanted.
      const error = asApiError(fault);
      if (error.status !== 401) return notify(error.message, 'bad');
    }
    end();
    navigate('/admin/entrar', { replace: true });
  });
  const who = session.value;
  if (!who) return null;
  return (
    <div class="who">
      <a class="who-name" href="/admin/cuenta">
        <Icon name="user" />
        <span class="truncate">
          <strong class="truncate">{who.name}</strong>
          <small>{roles[who.role]}</small>
        </span>
      </a>
      <Button kind="quiet" icon="logout" label={actions.logOut} busy={leave.busy} onClick={() => leave.run()} />
    </div>
  );
}
