import type { TpvDetail } from '../../../src/admin/schemas/tpvs.ts';
import { Card } from '../../components/card.tsx';
import { Code } from '../../components/code.tsx';
import { IdText } from '../../components/id-text.tsx';
import { KeyValue } from '../../components/key-value.tsx';
import { TpvStateBadge } from '../../components/status.tsx';
import { Time } from '../../components/time.tsx';
import { number } from '../../format.ts';
import { tpvWords } from '../../words/tpv.ts';

const words = tpvWords.facts;

/** What is known about a TPV. */
export function Facts({ tpv }: { tpv: TpvDetail }) {
  const users = words.usersOf(number(tpv.user_count), number(tpv.max_users));
  return (
    <Card title={words.title}>
      <KeyValue
        rows={[
          [words.state, <TpvStateBadge tpv={tpv} />],
          [words.users, <a href={`/admin/personas?tpv_id=${tpv.id}`}>{users}</a>],
          [words.backlog, words.backlogText(number(tpv.backlog))],
          [words.heartbeat, <Time at={tpv.last_heartbeat} empty={words.never} />],
          [words.version, tpv.version || words.none],
          [words.endpoint, <Code wrap>{tpv.endpoint_url}</Code>],
          [words.created, <Time at={tpv.created_at} exact />],
          [words.approved, tpv.approved_at === null ? undefined : <Time at={tpv.approved_at} exact />],
          [words.id, <IdText id={tpv.id} label={words.idCopy} />],
        ]}
      />
    </Card>
  );
}
