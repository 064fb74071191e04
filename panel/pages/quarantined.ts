import { html, useState } from 'htm/preact';
import type { QuarantinedDetail, QuarantineRetried } from '../../src/admin/schemas/quarantine.ts';
import { useAction } from '../action.ts';
import { send } from '../api.ts';
import { Button } from '../components/button.ts';
import { Card } from '../components/card.ts';
import { Code } from '../components/code.ts';
import { Copy } from '../components/copy.ts';
import { ErrorBox } from '../components/error-box.ts';
import { KeyValue } from '../components/key-value.ts';
import { Loaded } from '../components/loaded.ts';
import { Note } from '../components/note.ts';
import { Page } from '../components/page.ts';
import { Time } from '../components/time.ts';
import { useResource } from '../resource.ts';
import type { PageProps } from '../router.ts';
import { canChange } from '../session.ts';
import { reasonText, quarantineWords as words } from '../words/quarantine.ts';
import { OutcomeBadge, updateName } from './quarantine.ts';

/** One update that was put aside: as it came, why, and another try. */
export function QuarantinedPage({ params }: PageProps) {
  const seq = params.seq ?? '';
  const resource = useResource<QuarantinedDetail>(`/api/admin/quarantine/${encodeURIComponent(seq)}`, {
    kinds: ['update'],
    ids: [seq],
  });
  const update = resource.value;
  // Kept here: an update that became an instruction is no longer in quarantine, and its page would be gone.
  const [result, setResult] = useState<QuarantineRetried | undefined>(undefined);
  const retrial = useAction(async () => {
    setResult(undefined);
    setResult(await send<QuarantineRetried>('POST', `/api/admin/quarantine/${encodeURIComponent(seq)}/retry`));
  });
  const done = result !== undefined && result.outcome !== 'quarantined' && result.outcome !== 'kept';
  const retry = html`
    <${Button} kind="primary" icon="refresh" busy=${retrial.busy} onClick=${retrial.run}>${words.retry}<//>
  `;
  return html`
    <${Page}
      title=${update ? updateName(update) : words.title}
      back=${{ href: '/admin/cuarentena', label: words.back }}
      actions=${update && canChange.value && !done ? retry : undefined}
    >
      <div role="status">${result ? html`<${Result} result=${result} done=${done} />` : null}</div>
      ${retrial.error ? html`<${ErrorBox} error=${retrial.error} />` : null}
      ${done ? null : html`<${Loaded} resource=${resource}>${(loaded: QuarantinedDetail) => html`<${Update} update=${loaded} />`}<//>`}
    <//>
  `;
}

function Result({ result, done }: { result: QuarantineRetried; done: boolean }) {
  return html`
    <${Note} tone=${done ? 'good' : 'warn'}>
      ${words.retried[result.outcome]}${result.reason === null ? null : ` ${words.because(reasonText(result.reason))}`}
    <//>
  `;
}

function Update({ update }: { update: QuarantinedDetail }) {
  const text = readable(update.raw);
  return html`
    <p class="muted">${words.explain[update.outcome]}</p>
    <${Card} title=${words.facts.title}>
      <${KeyValue}
        rows=${[
          [words.facts.outcome, html`<${OutcomeBadge} outcome=${update.outcome} />`],
          [words.facts.reason, reasonText(update.reason)],
          [words.facts.kind, html`<${Code}>${update.kind}<//>`],
          [words.facts.received, html`<${Time} at=${update.received_at} exact />`],
          [words.facts.updateId, update.update_id === null ? words.facts.none : html`<${Code}>${update.update_id}<//>`],
        ]}
      />
    <//>
    <${Card} title=${words.raw} actions=${html`<${Copy} text=${update.raw} label=${words.rawCopy} />`}>
      <${Code} block wrap>${text}<//>
    <//>
  `;
}

/** JSON with line breaks; what is none stays as it came. */
function readable(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}
