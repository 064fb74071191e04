import type { Latencies } from './latencies.ts';
import type { RunResult } from './traffic.ts';

const NAME = 34;
const COLUMN = 11;

export function printHeading(title: string, columns: readonly string[]): void {
  console.log(`\n${title.padEnd(NAME)}${columns.map((column) => column.padStart(COLUMN)).join('')}`);
}

export function printRow(name: string, cells: readonly string[]): void {
  console.log(`${`  ${name}`.padEnd(NAME)}${cells.map((cell) => cell.padStart(COLUMN)).join('')}`);
}

export const LATENCY_COLUMNS = ['per s', 'p50 ms', 'p90 ms', 'p99 ms', 'max ms'];

export function latencyCells(perSecond: number, latencies: Latencies): string[] {
  return [whole(perSecond), ...latencies.quantiles([0.5, 0.9, 0.99, 1]).map((ms) => ms.toFixed(2))];
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

export function printRun(result: RunResult): void {
  const { answeredPerSecond, reportedPerSecond, refused } = result;
  printRow('update → 200', latencyCells(answeredPerSecond, result.answered));
  printRow('update → instruction at the TPV', latencyCells(reportedPerSecond, result.delivered));
  printRow('update → report committed', latencyCells(reportedPerSecond, result.reported));
  if (refused > 0) printRow('refused', [whole(refused)]);
}

/** Processor time for each of `count`, between two moments. */
export function cpuPer(count: number, before: number | undefined, after: number | undefined): string {
  if (before === undefined || after === undefined || count === 0) return '–';
  return `${whole(((after - before) / count) * 1_000)} µs`;
}
