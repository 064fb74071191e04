import type { Latencies } from './latencies.ts';

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
