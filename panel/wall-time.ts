/** What a clock on the wall of a time zone shows at a moment, as an input of the kind `datetime-local` takes it. */
export function wallTime(ms: number, timeZone: string): string {
  const form = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return form.format(new Date(ms)).replace(' ', 'T');
}

/**
 * When a clock on the wall of a time zone shows `text` (`2026-11-22T16:04`); NaN where that is no time. Of an hour that
 * comes twice it is either, of one that is skipped the moment as far from the jump.
 */
export function momentOf(text: string, timeZone: string): number {
  const asUtc = Date.parse(`${text}:00.000Z`);
  if (Number.isNaN(asUtc)) return asUtc;
  const offsetAt = (ms: number) => Date.parse(`${wallTime(ms, timeZone)}:00.000Z`) - Math.floor(ms / 60_000) * 60_000;
  // The offset of the guess may be another than that of the moment, on the day that the clocks change.
  const guess = asUtc - offsetAt(asUtc);
  return asUtc - offsetAt(guess);
}
