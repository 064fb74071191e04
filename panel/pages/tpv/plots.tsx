import { useEffect, useState } from 'preact/hooks';
import type { Activity } from '../../../src/admin/schemas/overview.ts';
import { at } from '../../address.ts';
import { Card } from '../../components/card.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Plot } from '../../components/plot.tsx';
import { SelectField } from '../../components/select-field.tsx';
import { useResource } from '../../resource.ts';
import { tpvWords } from '../../words/tpv.ts';

const words = tpvWords.plots;
const RANGES = [
  { value: '60', label: words.hour },
  { value: '360', label: words.sixHours },
  { value: '1440', label: words.day },
] as const;
/** A minute's figures stand once it is over. */
const REFRESH_MS = 60_000;

/** What a TPV did, minute by minute. */
export function Plots({ id }: { id: string }) {
  const [minutes, setMinutes] = useState('60');
  const resource = useResource(at('/api/admin/activity', { query: { tpv_id: id, minutes } }));
  const { reload } = resource;
  useEffect(() => {
    const timer = setInterval(reload, REFRESH_MS);
    return () => clearInterval(timer);
  }, [reload]);
  return (
    <Card
      title={words.title}
      actions={<SelectField label={words.range} value={minutes} options={RANGES} onChange={setMinutes} />}
    >
      <Loaded resource={resource}>{(activity) => <Both activity={activity} />}</Loaded>
    </Card>
  );
}

function Both({ activity }: { activity: Activity }) {
  const axis = { from: Date.parse(activity.from), stepSeconds: activity.step_seconds };
  return (
    <div class="grid">
      <Plot
        {...axis}
        title={words.perMinute}
        series={[
          { label: words.instructions, values: activity.instructions, tone: 'accent', fill: true },
          { label: words.completed, values: activity.completed, tone: 'good' },
          { label: words.failed, values: activity.failed, tone: 'bad' },
          { label: words.pushes, values: activity.pushes, tone: 'info' },
        ]}
      />
      <Plot
        {...axis}
        title={words.latency}
        unit="ms"
        series={[
          { label: words.p50, values: activity.p50_ms, tone: 'accent' },
          { label: words.p99, values: activity.p99_ms, tone: 'warn' },
        ]}
      />
    </div>
  );
}
