import { useState } from 'preact/hooks';
import type { QuarantinedDetail, QuarantineRetried } from '../../src/admin/schemas/quarantine.ts';
import { useAction } from '../action.ts';
import { at } from '../address.ts';
import { send } from '../api.ts';
import { Button } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { Code } from '../components/code.tsx';
import { Copy } from '../components/copy.tsx';
import { ErrorBox } from '../components/error-box.tsx';
import { KeyValue } from '../components/key-value.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Note } from '../components/note.tsx';
import { Page } from '../components/page.tsx';
import { Time } from '../components/time.tsx';
import { useResource } from '../resource.ts';
import { navigate, type PageProps } from '../router.ts';
import { canChange } from '../session.ts';
import { reasonText, quarantineWords as words } from '../words/quarantine.ts';
import { Discard } from './quarantine/discard.tsx';
import { OutcomeBadge, updateName } from './quarantine.tsx';

const LIST = '/admin/cuarentena';

/** One update that was put aside: as it came, why, and another try. */
export function QuarantinedPage({ params }: PageProps) {
  const seq = params.seq ?? '';
  // Kept here: an update that became an instruction is no longer in quarantine, and its page would be gone.
  const [result, setResult] = useState<QuarantineRetried | undefined>(undefined);
  const [discarding, setDiscarding] = useState(false);
  const retrial = useAction(async () => {
    setResult(undefined);
    const answer = await send<QuarantineRetried>('POST', `/api/admin/quarantine/${encodeURIComponent(seq)}/retry`);
    setResult(answer);
    if (!isOut(answer)) resource.reload();
  });
  const done = result !== undefined && isOut(result);
  const resource = useResource(at('/api/admin/quarantine/:id', { id: seq }), {
    kinds: ['update'],
    ids: [seq],
    // The hub says that it changed before it answers what became of it: it may be gone, and nothing to ask for.
    paused: retrial.busy || done,
  });
  const update = resource.value;
  const actions = (
    <>
      <Button kind="danger" onClick={() => setDiscarding(true)}>
        {words.discard.button}
      </Button>
      <Button kind="primary" icon="refresh" busy={retrial.busy} onClick={retrial.run}>
        {words.retry}
      </Button>
    </>
  );
  return (
    <Page
      title={update ? updateName(update) : words.title}
      back={{ href: LIST, label: words.back }}
      actions={update && canChange.value && !done ? actions : undefined}
    >
      <div role="status">{result ? <Result result={result} done={done} /> : null}</div>
      {retrial.error ? <ErrorBox error={retrial.error} /> : null}
      {discarding ? (
        <Discard seqs={[Number(seq)]} onClose={() => setDiscarding(false)} onDone={() => navigate(LIST)} />
      ) : null}
      {done ? null : <Loaded resource={resource}>{(loaded) => <Update update={loaded} />}</Loaded>}
    </Page>
  );
}

/** Whether an update left the quarantine. */
function isOut({ outcome }: QuarantineRetried): boolean {
  return outcome !== 'quarantined' && outcome !== 'kept';
}

function Result({ result, done }: { result: QuarantineRetried; done: boolean }) {
  return (
    <Note tone={done ? 'good' : 'warn'}>
      {words.retried[result.outcome]}
      {result.reason === null ? null : ` ${words.because(reasonText(result.reason))}`}
    </Note>
  );
}

function Update({ update }: { update: QuarantinedDetail }) {
  const text = readable(update.raw);
  return (
    <>
      <p class="muted">{words.explain[update.outcome]}</p>
      <Card title={words.facts.title}>
        <KeyValue
          rows={[
            [words.facts.outcome, <OutcomeBadge outcome={update.outcome} />],
            [words.facts.reason, reasonText(update.reason)],
            [words.facts.kind, <Code>{update.kind}</Code>],
            [words.facts.received, <Time at={update.received_at} exact />],
            [words.facts.updateId, update.update_id === null ? words.facts.none : <Code>{update.update_id}</Code>],
          ]}
        />
      </Card>
      <Card title={words.raw} actions={<Copy text={update.raw} label={words.rawCopy} />}>
        <Code block wrap>
          {text}
        </Code>
      </Card>
    </>
  );
}

/** JSON with line breaks; what is none stays as it came. */
function readable(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}
