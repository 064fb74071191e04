import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { at } from '../../address.ts';
import { Card } from '../../components/card.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Plot } from '../../components/plot.tsx';
import { useResource } from '../../resource.ts';
import { overviewWords as words } from '../../words/overview.ts';

/** The last minute grows until the next begins. */
const REFRESH_MS = 10_000;

/** The last hour, minute by minute; moves while somebody looks. */
export function ActivityPlots(): VNode {
  const activity = useResource(at('/api/admin/activity', { query: { minutes: 60 } }));
  const { reload, value, error } = activity;
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) reload();
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, [reload]);
  if (value === undefined)
    return (
      <Card title={words.activity}>
        {error ? <ErrorBox error={error} onRetry={reload} /> : <div class="plot-wait" />}
      </Card>
    );
  const from = Date.parse(value.from);
  const { series } = words;
  return (
    <div class="plots">
      <Card>
        <Plot
          title={words.trafficPlot}
          from={from}
          stepSeconds={value.step_seconds}
          series={[
            { label: series.updates, values: value.updates, tone: 'accent', fill: true },
            { label: series.completed, values: value.completed, tone: 'good' },
            { label: series.pushes, values: value.pushes, tone: 'info' },
            { label: series.failed, values: value.failed, tone: 'bad' },
          ]}
        />
      </Card>
      <Card>
        <Plot
          title={words.latencyPlot}
          from={from}
          stepSeconds={value.step_seconds}
          unit="ms"
          series={[
            { label: series.p99, values: value.p99_ms, tone: 'warn' },
            { label: series.p50, values: value.p50_ms, tone: 'accent', fill: true },
          ]}
        />
      </Card>
    </div>
  );
}
