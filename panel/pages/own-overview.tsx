import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import type { TpvSummary } from '../../src/admin/schemas/tpvs.ts';
import { at, href } from '../address.ts';
import { AlarmList } from '../components/alarm-list.tsx';
import { Button } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { Empty } from '../components/empty.tsx';
import { KeyValue } from '../components/key-value.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { ServiceBadge } from '../components/service-badge.tsx';
import { TpvStateBadge } from '../components/status.tsx';
import { Time } from '../components/time.tsx';
import { number } from '../format.ts';
import { useResource } from '../resource.ts';
import { ownOverviewWords as words } from '../words/own-overview.ts';
import { INBOX_PATH } from './inbox/inbox-list.tsx';

const ALARMS_INTERVAL_MS = 30_000;

/** A manager's own TPVs, and what needs them now. */
export function OwnOverviewPage(): VNode {
  const tpvs = useResource(at('/api/admin/tpvs'), { kinds: ['tpv', 'instruction'] });
  const alarms = useResource(at('/api/admin/alarms', { query: { state: 'open' } }), { kinds: ['tpv'] });
  // That an alarm came or went is no change of a row that the stream tells of.
  useEffect(() => {
    const timer = setInterval(alarms.reload, ALARMS_INTERVAL_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <Page title={words.title} lead={words.lead} changes={false}>
      <Loaded resource={alarms} rows={1}>
        {({ items }) => <AlarmList alarms={items} />}
      </Loaded>
      <Loaded resource={tpvs} rows={6}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="tpv" title={words.none}>
              <p>{words.noneText}</p>
            </Empty>
          ) : (
            <div class="grid">
              {items.map((tpv) => (
                <OwnTpv key={tpv.id} tpv={tpv} />
              ))}
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}

function OwnTpv({ tpv }: { tpv: TpvSummary }): VNode {
  const { id, name, service, backlog, user_count: people, last_heartbeat: heartbeat } = tpv;
  return (
    <Card title={<a href={`/admin/tpvs/${id}`}>{name}</a>} actions={<ServiceBadge service={service} />}>
      <p>
        <TpvStateBadge tpv={tpv} />
      </p>
      <KeyValue
        rows={[
          [words.waiting, number(backlog)],
          [words.people, <a href={href('/admin/personas', { tpv_id: id })}>{number(people)}</a>],
          [words.heartbeat, <Time at={heartbeat} empty={words.never} />],
        ]}
      />
      <p class="row">
        <Button icon="chats" href={href(INBOX_PATH, { tpv_id: id })}>
          {words.conversations}
        </Button>
        <Button href={href(INBOX_PATH, { tpv_id: id, view: 'unanswered' })}>{words.unanswered}</Button>
      </p>
    </Card>
  );
}
