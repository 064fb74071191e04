import type { VNode } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { decimal, exact, milliseconds, minute } from '../format.ts';
import { dark } from '../theme.ts';
import { plotWords } from '../words/plot.ts';

export interface Series {
  label: string;
  values: readonly (number | null)[];
  tone: 'accent' | 'good' | 'warn' | 'bad' | 'info';
  fill?: boolean;
}

export interface PlotProps {
  title: string;
  /** When the first value begins, in milliseconds. */
  from: number;
  stepSeconds: number;
  series: readonly Series[];
  /** `ms` for spans; else it stands behind the number. */
  unit?: string;
  /** In CSS pixels. */
  height?: number;
}

/** Values over time, as a plot for the eye and in a sentence for the ear. */
export function Plot({ title, from, stepSeconds, series, unit, height = 180 }: PlotProps): VNode {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const id = useId();
  const isDark = dark.value;
  const shape = series.map(({ label, tone, fill }) => `${label} ${tone} ${fill}`).join('|');
  const length = series[0]?.values.length ?? 0;
  const times = Array.from({ length }, (_, index) => from / 1_000 + index * stepSeconds);
  const data: uPlot.AlignedData = [times, ...series.map(({ values }) => [...values])];

  // A new shape or theme needs a new plot, new values don't.
  useEffect(() => {
    const parent = place.current;
    if (parent === null) return;
    const made = new uPlot(settings(parent, series, unit, height), data, parent);
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: parent.clientWidth, height }));
    resized.observe(parent);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [shape, isDark, unit, height]);
  useEffect(() => plot.current?.setData(data));

  const sum = (values: readonly (number | null)[]) => values.reduce<number>((total, value) => total + (value ?? 0), 0);
  const describe = ({ label, values }: Series) => {
    const known = values.filter((value) => value !== null);
    const latest = known.at(-1);
    if (latest === undefined) return plotWords.nothing(label);
    const [last, most] = [spell(latest, unit), spell(Math.max(...known), unit)];
    return unit === 'ms'
      ? plotWords.span(label, last, most)
      : plotWords.count(label, last, most, decimal(sum(values), 0));
  };
  return (
    <figure class="plot" aria-labelledby={id}>
      <figcaption>
        <span id={id} class="plot-title">
          {title}
        </span>
        <span class="legend" aria-hidden="true">
          {series.map(({ label, tone }) => (
            <span key={label} class={tone}>
              {label}
            </span>
          ))}
        </span>
      </figcaption>
      <div class="plot-place" ref={place} aria-hidden="true" />
      <p class="visually-hidden">{series.map(describe).join(' ')}</p>
    </figure>
  );
}

function spell(value: number, unit: string | undefined): string {
  if (unit === 'ms') return milliseconds(value);
  return unit === undefined ? decimal(value, 1) : `${decimal(value, 1)} ${unit}`;
}

function settings(
  parent: HTMLElement,
  series: readonly Series[],
  unit: string | undefined,
  height: number,
): uPlot.Options {
  const style = getComputedStyle(parent);
  // A canvas doesn't resolve light-dark(): a probe's colour does.
  const probe = document.createElement('i');
  parent.append(probe);
  const colour = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const [text, line, surface] = [colour('text-soft'), colour('line'), colour('surface')];
  const strokes = series.map(({ tone }) => ({ stroke: colour(`plot-${tone}`), fill: colour(`plot-${tone}-fill`) }));
  probe.remove();
  const font = `11px ${style.fontFamily}`;
  const axis: uPlot.Axis = { stroke: text, font, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  return {
    width: Math.max(parent.clientWidth, 1),
    height,
    padding: [8, 18, 0, 0],
    legend: { show: true, live: true },
    cursor: { drag: { x: false, y: false }, points: { size: 7 }, y: false },
    scales: { x: { time: true }, y: { range: (_plot, _min, most) => [0, niceTop(most)] } },
    axes: [
      { ...axis, size: 26, gap: 4, values: (_plot, splits) => splits.map((at) => minute(at * 1_000)), space: 64 },
      {
        ...axis,
        size: (_plot, values) => 14 + 7 * Math.max(2, ...(values ?? []).map((value) => value.length)),
        gap: 4,
        space: 32,
        values: (_plot, splits) => splits.map((value) => (unit === 'ms' ? milliseconds(value) : decimal(value, 1))),
      },
    ],
    series: [
      { value: (_plot, at) => (at === null ? '' : exact(new Date(at * 1_000).toISOString())), label: plotWords.time },
      ...series.map(
        ({ label, fill }, index): uPlot.Series => ({
          label,
          stroke: strokes[index]?.stroke ?? text,
          fill: fill ? (strokes[index]?.fill ?? surface) : undefined,
          width: 1.75,
          points: { show: false },
          spanGaps: false,
          value: (_plot, value) => (value === null ? '—' : spell(value, unit)),
        }),
      ),
    ] as uPlot.Series[],
  };
}

/** A top that leaves air, and is never 0. */
function niceTop(most: number | null): number {
  return Math.max(4, (most ?? 0) * 1.15);
}
