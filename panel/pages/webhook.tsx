import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { WebhookSet, WebhookState } from '../../src/admin/schemas/webhook.ts';
import { fieldError, useAction } from '../action.ts';
import { at } from '../address.ts';
import { send } from '../api.ts';
import { Button } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { Code } from '../components/code.tsx';
import { ConfirmDialog } from '../components/confirm-dialog.tsx';
import { Form, FormActions } from '../components/form.tsx';
import { KeyValue, type KeyValueRow } from '../components/key-value.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Note } from '../components/note.tsx';
import { Page } from '../components/page.tsx';
import { RepairWebhook } from '../components/repair-webhook.tsx';
import { TextField } from '../components/text-field.tsx';
import { Time } from '../components/time.tsx';
import { notify } from '../components/toast.tsx';
import { number } from '../format.ts';
import { useResource } from '../resource.ts';
import { canChange } from '../session.ts';
import { webhookWords as words } from '../words/webhook.ts';

/** How Telegram reaches the hub: what is, what should be, and how to mend it. */
export function WebhookPage(): VNode {
  const webhook = useResource(at('/api/admin/webhook'));
  const { reload } = webhook;
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <Button icon="refresh" onClick={reload}>
          {words.check}
        </Button>
      }
    >
      <Loaded resource={webhook}>
        {(state) => (
          <>
            <Health state={state} onChanged={reload} />
            <Card title={words.current}>
              <Facts state={state} />
            </Card>
            {canChange.value && state.mode === 'webhook' && <Change state={state} onChanged={reload} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Health({ state, onChanged }: { state: WebhookState; onChanged: () => void }): VNode {
  const { mode, info, problems, expected_url: expected } = state;
  if (problems.length > 0) {
    const mendable = canChange.value && mode === 'webhook' && expected !== null;
    return (
      <Card title={words.problems} tone="bad" actions={mendable && <RepairWebhook onDone={onChanged} />}>
        {problems.map((problem) => (
          <Note key={problem} tone="bad">
            {problem}
          </Note>
        ))}
      </Card>
    );
  }
  if (info === null) return <Note tone="warn">{words.noAnswer}</Note>;
  return <Note tone="good" title={mode === 'polling' ? words.polling : words.ok} />;
}

function Facts({ state: { mode, expected_url: expected, info } }: { state: WebhookState }): VNode {
  const address = (url: string | null, absent: string) =>
    url === null || url === '' ? <span class="muted">{absent}</span> : <Code>{url}</Code>;
  const asked = info === null ? [] : factsOf(info);
  return (
    <KeyValue
      rows={[
        [words.mode, words.modes[mode]],
        [words.expected, mode === 'polling' ? undefined : address(expected, words.notConfigured)],
        [words.url, info === null ? undefined : address(info.url, words.none)],
        ...asked,
      ]}
    />
  );
}

function factsOf(info: NonNullable<WebhookState['info']>): KeyValueRow[] {
  const { last_error_at: at, last_error_message: message, allowed_updates: kinds } = info;
  return [
    [words.pending, number(info.pending_update_count)],
    [
      words.lastError,
      at === null ? (
        words.noError
      ) : (
        <>
          {message}{' '}
          <small class="muted">
            <Time at={at} />
          </small>
        </>
      ),
    ],
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
  return (
    <Card title={words.change}>
      <Form label={words.change} error={set.error} onSubmit={() => set.run()}>
        <TextField
          label={words.setLabel}
          type="url"
          value={url}
          onInput={setUrl}
          mono
          placeholder={state.expected_url ?? 'https://'}
          hint={words.setHint}
          error={fieldError(set.error, 'url')}
          maxLength={2000}
        />
        <FormActions>
          {current !== '' && (
            <Button kind="quiet" icon="trash" onClick={() => setRemoving(true)}>
              {words.remove}
            </Button>
          )}
          <Button type="submit" busy={set.busy}>
            {words.set}
          </Button>
        </FormActions>
      </Form>
      {removing && (
        <ConfirmDialog
          title={words.removeTitle}
          confirm={words.remove}
          danger
          onConfirm={remove}
          onClose={() => setRemoving(false)}
        >
          <p>{words.removeText(current)}</p>
        </ConfirmDialog>
      )}
    </Card>
  );
}
