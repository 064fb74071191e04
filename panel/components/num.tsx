import type { VNode } from 'preact';
import { decimal, milliseconds } from '../format.ts';
import { timeWords } from '../words/time.ts';

/** A number in Spanish form; with the unit `ms`, a span that a person can take in. */
export function Num({
  value,
  unit,
  digits = 0,
}: {
  value: number | null | undefined;
  unit?: string;
  digits?: number;
}): VNode {
  if (value === null || value === undefined) return <span class="muted">{timeWords.none}</span>;
  if (unit === 'ms') return <span class="num">{milliseconds(value)}</span>;
  return (
    <span class="num">
      {decimal(value, digits)}
      {unit !== undefined && <small> {unit}</small>}
    </span>
  );
}
