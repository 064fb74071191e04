/**
 * A moment that is yet to come, as a person says it: "hoy a las 20:00", "mañana a las 13:00", "el lunes a las 13:00",
 * and from a week on "el lunes 7 de diciembre a las 13:00".
 * @param at in milliseconds, as `now`
 * @param zone where the clock hangs that the person looks at
 */
export function whenWords(at: number, now: number, zone: string): string {
  const there = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
  const moment = there(at);
  const time = moment.toPlainTime().toString({ smallestUnit: 'minute' });
  const clock = `${moment.hour === 1 ? 'a la' : 'a las'} ${time}`;
  const days = there(now).toPlainDate().until(moment.toPlainDate()).days;
  if (days === 0) return `hoy ${clock}`;
  if (days === 1) return `mañana ${clock}`;
  const weekday = moment.toLocaleString('es', { weekday: 'long' });
  if (days < 7) return `el ${weekday} ${clock}`;
  return `el ${weekday} ${moment.toLocaleString('es', { day: 'numeric', month: 'long' })} ${clock}`;
}
