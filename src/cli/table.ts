import { word } from './language/say.ts';
import type { Word } from './language/spanish-words.ts';

/** The width if the output is no terminal. */
const PLAIN_WIDTH = 120;
const GAP = '  ';
/** A column is not cut below this. */
const LEAST_WIDTH = 8;

/**
 * A table that fits the terminal: if it is too wide, its widest columns are cut.
 * @param rows one list of cells each, as many as `headings`
 */
export function tableOf(
  headings: readonly Word[],
  rows: readonly (readonly string[])[],
  width = process.stdout.columns ?? PLAIN_WIDTH,
): string {
  const lines = [headings.map((heading) => word(heading).toUpperCase()), ...rows.map((row) => row.map(oneLine))];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  narrow(widths, width - GAP.length * (widths.length - 1));
  return lines
    .map((line) =>
      line
        .map((cell, column) => fitted(cell, widths[column] ?? 0))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

function narrow(widths: number[], room: number): void {
  for (let over = widths.reduce((sum, one) => sum + one, 0) - room; over > 0; over--) {
    const widest = widths.indexOf(Math.max(...widths));
    const width = widths[widest] ?? 0;
    if (width <= LEAST_WIDTH) return;
    widths[widest] = width - 1;
  }
}

function fitted(cell: string, width: number): string {
  return cell.length <= width ? cell.padEnd(width) : `${cell.slice(0, width - 1)}…`;
}

/** People write line ends and control characters; a terminal would obey them. */
function oneLine(cell: string): string {
  return cell.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
}
