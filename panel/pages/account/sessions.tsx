import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { AccountSession } from '../../../src/admin/schemas/account.ts';
import { at } from '../../address.ts';
import { send } from '../../api.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Time } from '../../components/time.tsx';
import { notify } from '../../components/toast.tsx';
import { useResource } from '../../resource.ts';
import { accountWords as words } from '../../words/account.ts';

/** Where one is logged in, and how to end that. */
export function SessionsCard(): VNode {
  const sessions = useResource(at('/api/admin/account/sessions'), { kinds: ['account'] });
  const [revoking, setRevoking] = useState<AccountSession | undefined>(undefined);
  const revoke = async () => {
    await send('DELETE', `/api/admin/account/sessions/${revoking?.id}`);
    notify(words.revoked);
    sessions.reload();
  };
  return (
    <Card title={words.sessions}>
      <Loaded resource={sessions}>
        {({ items }) => (
          <ul class="entries" aria-label={words.sessions}>
            {items.map((one) => (
              <Entry key={one.id} one={one} onRevoke={() => setRevoking(one)} />
            ))}
          </ul>
        )}
      </Loaded>
      {revoking && (
        <ConfirmDialog
          title={words.revokeTitle}
          confirm={words.revoke}
          danger
          onConfirm={revoke}
          onClose={() => setRevoking(undefined)}
        >
          <p>{words.revokeText(words.device(revoking), revoking.address)}</p>
        </ConfirmDialog>
      )}
    </Card>
  );
}

function Entry({ one, onRevoke }: { one: AccountSession; onRevoke: () => void }): VNode {
  const device = words.device(one);
  return (
    <li class="entry">
      <div class="entry-text">
        <strong title={one.user_agent}>{device}</strong>
        <small class="muted">
          {one.address} · {words.lastSeen} <Time at={one.last_seen_at} /> · {words.since}{' '}
          <Time at={one.created_at} exact />
        </small>
      </div>
      {one.current ? (
        <Badge tone="good">{words.thisOne}</Badge>
      ) : (
        <Button size="small" label={words.revokeLabel(device, one.address)} onClick={onRevoke}>
          {words.revoke}
        </Button>
      )}
    </li>
  );
}
