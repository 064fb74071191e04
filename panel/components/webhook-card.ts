import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Overview } from '../../src/admin/schemas/overview.ts';
import { canChange } from '../session.ts';
import { webhookWords as words } from '../words/webhook.ts';
import { Button } from './button.ts';
import { Card } from './card.ts';
import { Note } from './note.ts';
import { RepairWebhook } from './repair-webhook.ts';
import { Time } from './time.ts';

/** Why Telegram doesn't reach the hub, in words, and the button that mends it. */
export function WebhookCard({ webhook }: { webhook: Overview['webhook'] }): VNode {
  const { mode, checked_at: checkedAt, problems } = webhook;
  return html`<${Card}
    title=${words.telegram}
    tone="bad"
    actions=${html`
      ${checkedAt !== null && html`<small class="muted">${words.checked} <${Time} at=${checkedAt} /></small>`}
      <${Button} size="small" href="/admin/webhook">${words.details}</${Button}>
      ${mode === 'webhook' && canChange.value && html`<${RepairWebhook} size="small" />`}
    `}
  >
    <${Note} tone="bad" title=${words.broken}>
      ${problems.length > 0 && html`<ul>${problems.map((problem) => html`<li key=${problem}>${problem}</li>`)}</ul>`}
    </${Note}>
  </${Card}>`;
}
