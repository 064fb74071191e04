import { at } from '../../address.ts';
import { Card } from '../../components/card.tsx';
import { KeyValue } from '../../components/key-value.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { ServiceBadge } from '../../components/service-badge.tsx';
import { TpvStateBadge } from '../../components/status.tsx';
import { Time } from '../../components/time.tsx';
import { TpvLink } from '../../components/tpv-link.tsx';
import { number } from '../../format.ts';
import { useResource } from '../../resource.ts';
import { inboxWords } from '../../words/inbox.ts';
import { tpvWords } from '../../words/tpv.ts';

const words = tpvWords.facts;

/** Who attends a person, and whether they can now. */
export function PersonsTpv({ id }: { id: string }) {
  const resource = useResource(at('/api/admin/tpvs/:id', { id }), { kinds: ['tpv'], ids: [id] });
  return (
    <Loaded resource={resource} rows={4}>
      {(tpv) => (
        <Card title={<TpvLink tpv={tpv} none="" />}>
          <KeyValue
            rows={[
              [words.state, <TpvStateBadge tpv={tpv} />],
              [inboxWords.tpv.service, <ServiceBadge service={tpv.service} />],
              [words.backlog, words.backlogText(number(tpv.backlog))],
              [words.heartbeat, <Time at={tpv.last_heartbeat} empty={words.never} />],
            ]}
          />
        </Card>
      )}
    </Loaded>
  );
}
