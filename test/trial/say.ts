const startedAt = performance.now();

/** Prints a line of the trial, with the seconds since its start. */
export function say(what: string): void {
  process.stdout.write(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(7)} s  ${what}\n`);
}
