import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Overview } from '../../src/admin/schemas/overview.ts';
import { AlarmList } from '../components/alarm-list.ts';
import { Loaded } from '../components/loaded.ts';
import { Page } from '../components/page.ts';
import { WebhookCard } from '../components/webhook-card.ts';
import { milliseconds } from '../format.ts';
import { overview } from '../live.ts';
import { now } from '../now.ts';
import { useResource } from '../resource.ts';
import { overviewWords as words } from '../words/overview.ts';
import { ActivityPlots } from './overview/activity-plots.ts';
import { OverviewTiles } from './overview/tiles.ts';

/** What happens now, at a glance. */
export function OverviewPage(): VNode {
  // The stream brings it every few seconds; until its first word, or without a stream, it is asked for.
  const asked = useResource<Overview>(overview.value === undefined ? '/api/admin/overview' : undefined);
  const latest = overview.value ?? asked.value;
  const lead = latest && words.running(milliseconds(now.value - Date.parse(latest.started_at)), latest.version);
  return html`<${Page} title=${words.title} lead=${lead} changes=${false}>
    ${latest === undefined ? html`<${Loaded} resource=${asked} rows=${8}>${() => null}</${Loaded}>` : html`<${Now} overview=${latest} />`}
    <${ActivityPlots} />
  </${Page}>`;
}

function Now({ overview: latest }: { overview: Overview }): VNode {
  const broken = latest.webhook.state === 'broken';
  // The card says the same and more, and mends it.
  const alarms = broken ? latest.alarms.filter(({ code }) => !code.startsWith('webhook_')) : latest.alarms;
  return html`
    ${broken && html`<${WebhookCard} webhook=${latest.webhook} />`}
    ${(alarms.length > 0 || !broken) && html`<${AlarmList} alarms=${alarms} />`}
    <${OverviewTiles} overview=${latest} />
  `;
}
