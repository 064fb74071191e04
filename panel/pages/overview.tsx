import type { VNode } from 'preact';
import type { Overview } from '../../src/admin/schemas/overview.ts';
import { at } from '../address.ts';
import { AlarmList } from '../components/alarm-list.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { WebhookCard } from '../components/webhook-card.tsx';
import { milliseconds } from '../format.ts';
import { overview } from '../live.ts';
import { now } from '../now.ts';
import { useResource } from '../resource.ts';
import { overviewWords as words } from '../words/overview.ts';
import { ActivityPlots } from './overview/activity-plots.tsx';
import { FirstSteps } from './overview/first-steps.tsx';
import { OverviewTiles } from './overview/tiles.tsx';

/** What happens now, at a glance. */
export function OverviewPage(): VNode {
  // The stream brings it every few seconds; until its first word, or without a stream, it is asked for.
  const asked = useResource(overview.value === undefined ? at('/api/admin/overview') : undefined);
  const latest = overview.value ?? asked.value;
  const lead = latest && words.running(milliseconds(now.value - Date.parse(latest.started_at)), latest.version);
  return (
    <Page title={words.title} lead={lead} changes={false}>
      {latest === undefined ? (
        <Loaded resource={asked} rows={8}>
          {() => null}
        </Loaded>
      ) : (
        <Now overview={latest} />
      )}
      <ActivityPlots />
    </Page>
  );
}

function Now({ overview: latest }: { overview: Overview }): VNode {
  const broken = latest.webhook.state === 'broken';
  // The card says the same and more, and mends it.
  const alarms = broken ? latest.alarms.filter(({ code }) => !code.startsWith('webhook_')) : latest.alarms;
  return (
    <>
      {broken && <WebhookCard webhook={latest.webhook} />}
      {(alarms.length > 0 || !broken) && <AlarmList alarms={alarms} />}
      <FirstSteps />
      <OverviewTiles overview={latest} />
    </>
  );
}
