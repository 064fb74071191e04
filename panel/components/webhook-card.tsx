import type { VNode } from 'preact';
import type { Overview } from '../../src/admin/schemas/overview.ts';
import { canChange } from '../session.ts';
import { webhookWords as words } from '../words/webhook.ts';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { Note } from './note.tsx';
import { RepairWebhook } from './repair-webhook.tsx';
import { Time } from './time.tsx';

/** Why Telegram doesn't reach the hub, in words, and the button that mends it. */
export function WebhookCard({ webhook }: { webhook: Overview['webhook'] }): VNode {
  const { mode, checked_at: checkedAt, problems } = webhook;
  return (
    <Card
      title={words.telegram}
      tone="bad"
      actions={
        <>
          {checkedAt !== null && (
            <small class="muted">
              {words.checked} <Time at={checkedAt} />
            </small>
          )}
          <Button size="small" href="/admin/webhook">
            {words.details}
          </Button>
          {mode === 'webhook' && canChange.value && <RepairWebhook size="small" />}
        </>
      }
    >
      <Note tone="bad" title={words.broken}>
        {problems.length > 0 && (
          <ul>
            {problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        )}
      </Note>
    </Card>
  );
}
