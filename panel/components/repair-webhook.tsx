import type { VNode } from 'preact';
import type { WebhookSet } from '../../src/admin/schemas/webhook.ts';
import { useAction } from '../action.ts';
import { send } from '../api.ts';
import { webhookWords as words } from '../words/webhook.ts';
import { Button } from './button.tsx';
import { ErrorBox } from './error-box.tsx';
import { notify } from './toast.tsx';

/** Has Telegram deliver to where the hub expects it. */
export function RepairWebhook({ size, onDone }: { size?: 'small'; onDone?: () => void }): VNode {
  const repair = useAction(async () => {
    const { url } = await send<WebhookSet>('POST', '/api/admin/webhook', {});
    notify(words.repaired(url));
    onDone?.();
  });
  return (
    <>
      <Button kind="primary" size={size} icon="refresh" busy={repair.busy} onClick={() => repair.run()}>
        {words.repair}
      </Button>
      {repair.error && <ErrorBox error={repair.error} />}
    </>
  );
}
