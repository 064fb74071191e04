import { html, useState } from 'htm/preact';
import type { VNode } from 'preact';
import type { WebhookSet, WebhookState } from '../../src/admin/schemas/webhook.ts';
import { fieldError, useAction } from '../action.ts';
import { send } from '../api.ts';
import { Button } from '../components/button.ts';
import { Card } from '../components/card.ts';
import { Code } from '../components/code.ts';
import { ConfirmDialog } from '../components/confirm-dialog.ts';
import { Form, FormActions } from '../components/form.ts';
import { KeyValue } from '../components/key-value.ts';
import { Loaded } from '../components/loaded.ts';
import { Note } from '../components/note.ts';
import { Page } from '../components/page.ts';
import { RepairWebhook } from '../components/repair-webhook.ts';
import { TextField } from '../components/text-field.ts';
import { Time } from '../components/time.ts';
import { notify } from '../components/toast.ts';
import { number } from '../format.ts';
import { useResource } from '../resource.ts';
import { canChange } from '../session.ts';
import { webhookWords as words } from '../words/webhook.ts';

/** How Telegram reaches the hub: what is, what should be, and how to mend it. */
export function WebhookPage(): VNode {
  const webhook = useResource<WebhookState>('/api/admin/webhook');
  const { reload } = webhook;
  return html`<${Page}
    title=${words.title}
    lead=${words.lead}
    actions=${html`<${Button} icon="refresh" onClick=${reload}>${words.check}</${Button}>`}
  >
    <${Loaded} resource=${webhook}>${(state: WebhookState) => html`
      <${Health} state=${state} onChanged=${reload} />
      <${Card} title=${words.current}><${Facts} state=${state} /></${Card}>
      ${canChange.value && state.mode === 'webhook' && html`<${Change} state=${state} onChanged=${reload} />`}
    `}</${Loaded}>
  </${Page}>`;
}

function Health({ state, onChanged }: { state: WebhookState; onChanged: () => void }): VNode {
  const { mode, info, problems, expected_url: expected } = state;
  if (problems.length > 0) {
    const mendable = canChange.value && mode === 'webhook' && expected !== null;
    return html`<${Card} title=${words.problems} tone="bad" actions=${mendable && html`<${RepairWebhook} onDone=${onChanged} />`}>
      ${problems.map((problem) => html`<${Note} key=${problem} tone="bad">${problem}</${Note}>`)}
    </${Card}>`;
  }
  if (info === null) return html`<${Note} tone="warn">${words.noAnswer}</${Note}>`;
  return html`<${Note} tone="good" title=${mode === 'polling' ? words.polling : words.ok} />`;
}

function Facts({ state: { mode, expected_url: expected, info } }: { state: WebhookState }): VNode {
  const address = (url: string | null, absent: string) =>
    url === null || url === '' ? html`<span class="muted">${absent}</span>` : html`<${Code}>${url}</${Code}>`;
  const asked = info === null ? [] : factsOf(info);
  return html`<${KeyValue} rows=${[
    [words.mode, words.modes[mode]],
    [words.expected, mode === 'polling' ? undefined : address(expected, words.notConfigured)],
    [words.url, info === null ? undefined : address(info.url, words.none)],
    ...asked,
  ]} />`;
}

function factsOf(info: NonNullable<WebhookState['info']>): [string, unknown][] {
  const { last_error_at: at, last_error_message: message, allowed_updates: kinds } = info;
  return [
    [words.pending, number(info.pending_update_count)],
    [words.lastError, at === null ? words.noError : html`${message} <small class="muted"><${Time} at=${at} /></small>`],
    [words.ip, info.ip_address ?? undefined],
    [words.connections, info.max_connections ?? undefined],
    [words.kinds, kinds.length === 0 ? undefined : kinds.join(', ')],
  ];
}

function Change({ state, onChanged }: { state: WebhookState; onChanged: () => void }): VNode {
  const [url, setUrl] = useState('');
  const [removing, setRemoving] = useState(false);
  const set = useAction(async () => {
    const wanted = url.trim();
    const done = await send<WebhookSet>('POST', '/api/admin/webhook', wanted === '' ? {} : { url: wanted });
    setUrl('');
    notify(words.repaired(done.url));
    onChanged();
  });
  const remove = async () => {
    await send('DELETE', '/api/admin/webhook');
    notify(words.removed);
    onChanged();
  };
  const current = state.info?.url ?? '';
  return html`<${Card} title=${words.change}>
    <${Form} label=${words.change} error=${set.error} onSubmit=${() => set.run()}>
      <${TextField} label=${words.setLabel} type="url" value=${url} onInput=${setUrl} mono placeholder=${state.expected_url ?? 'https://'} hint=${words.setHint} error=${fieldError(set.error, 'url')} maxLength=${2000} />
      <${FormActions}>
        ${current !== '' && html`<${Button} kind="quiet" icon="trash" onClick=${() => setRemoving(true)}>${words.remove}</${Button}>`}
        <${Button} type="submit" busy=${set.busy}>${words.set}</${Button}>
      </${FormActions}>
    </${Form}>
    ${
      removing &&
      html`<${ConfirmDialog} title=${words.removeTitle} confirm=${words.remove} danger onConfirm=${remove} onClose=${() => setRemoving(false)}>
        <p>${words.removeText(current)}</p>
      </${ConfirmDialog}>`
    }
  </${Card}>`;
}
