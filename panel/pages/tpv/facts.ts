import { html } from 'htm/preact';
import type { TpvDetail } from '../../../src/admin/schemas/tpvs.ts';
import { Card } from '../../components/card.ts';
import { Code } from '../../components/code.ts';
import { IdText } from '../../components/id-text.ts';
import { KeyValue } from '../../components/key-value.ts';
import { TpvStateBadge } from '../../components/status.ts';
import { Time } from '../../components/time.ts';
import { number } from '../../format.ts';
import { tpvWords } from '../../words/tpv.ts';

const words = tpvWords.facts;

/** What is known about a TPV. */
export function Facts({ tpv }: { tpv: TpvDetail }) {
  const users = words.usersOf(number(tpv.user_count), number(tpv.max_users));
  return html`
    <${Card} title=${words.title}>
      <${KeyValue}
        rows=${[
          [words.state, html`<${TpvStateBadge} tpv=${tpv} />`],
          [words.users, html`<a href=${`/admin/personas?tpv_id=${tpv.id}`}>${users}</a>`],
          [words.backlog, words.backlogText(number(tpv.backlog))],
          [words.heartbeat, html`<${Time} at=${tpv.last_heartbeat} empty=${words.never} />`],
          [words.version, tpv.version || words.none],
          [words.endpoint, html`<${Code} wrap>${tpv.endpoint_url}<//>`],
          [words.created, html`<${Time} at=${tpv.created_at} exact />`],
          [words.approved, tpv.approved_at === null ? undefined : html`<${Time} at=${tpv.approved_at} exact />`],
          [words.id, html`<${IdText} id=${tpv.id} label=${words.idCopy} />`],
        ]}
      />
    <//>
  `;
}
