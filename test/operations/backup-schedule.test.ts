import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Copy, copyName, madeAtOf } from '../../src/operations/backup/copies.ts';
import { outdated } from '../../src/operations/backup/rotation.ts';
import { isDue, lastNight } from '../../src/operations/backup/schedule.ts';

const ZONE = 'Europe/Madrid';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const at = (time: string) => Temporal.ZonedDateTime.from(`${time}[${ZONE}]`).epochMilliseconds;
const onTheWall = (ms: number) =>
  Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(ZONE).toPlainDateTime().toString().slice(0, 16);

/** When a hub makes its copies that looks each minute, and makes each at once. */
function copiesOf(time: string, from: number, until: number, since = from, last: number | undefined = from): string[] {
  const made: string[] = [];
  let newest = last;
  for (let now = from; now < until; now += MINUTE_MS) {
    if (!isDue({ at: time, zone: ZONE }, { now, since, newest })) continue;
    newest = now;
    made.push(onTheWall(now));
  }
  return made;
}

describe('a copy is made', () => {
  test.each([
    ['04:30', '2025-10-24T12:00', '2025-10-28T12:00', ['25T04:30', '26T04:30', '27T04:30', '28T04:30']],
    ['04:30', '2026-03-27T12:00', '2026-03-31T12:00', ['28T04:30', '29T04:30', '30T04:30', '31T04:30']],
    // It comes twice on the 26th, and not at all on the 29th.
    ['02:30', '2025-10-24T12:00', '2025-10-28T12:00', ['25T02:30', '26T02:30', '27T02:30', '28T02:30']],
    ['02:30', '2026-03-27T12:00', '2026-03-31T12:00', ['28T02:30', '29T03:30', '30T02:30', '31T02:30']],
    ['00:00', '2026-12-30T12:00', '2027-01-02T12:00', ['31T00:00', '01T00:00', '02T00:00']],
  ])('at %s by the wall’s clock, once a night, from %s until %s', (time, from, until, nights) => {
    expect(copiesOf(time, at(from), at(until)).map((one) => one.slice(8))).toEqual(nights);
  });

  test('soon after a start where the newest is older than 26 hours, and else when it is', () => {
    const start = at('2026-11-28T10:00');
    const until = at('2026-11-29T12:00');
    const made = (hours: number) => copiesOf('04:30', start, until, start, start - hours * HOUR_MS);
    expect(made(30)).toEqual(['2026-11-28T10:00', '2026-11-29T04:30']);
    // Of last night's copy that was not made, as the hub was off.
    expect(made(25)).toEqual(['2026-11-28T11:01', '2026-11-29T04:30']);
    expect(made(6)).toEqual(['2026-11-29T04:30']);
    expect(isDue({ at: '04:30', zone: ZONE }, { now: start, since: start, newest: undefined })).toBe(true);
  });

  test('though the hub stood still at that time', () => {
    const nightly = { at: '04:30', zone: ZONE };
    const since = at('2026-11-27T12:00');
    const newest = at('2026-11-27T04:30');
    expect(isDue(nightly, { now: at('2026-11-28T04:29'), since, newest })).toBe(false);
    expect(isDue(nightly, { now: at('2026-11-28T05:10'), since, newest })).toBe(true);
  });

  test('of the last night that was, wherever in the day it is asked', () => {
    const nightly = { at: '23:45', zone: ZONE };
    expect(onTheWall(lastNight(nightly, at('2026-11-28T23:44')))).toBe('2026-11-27T23:45');
    expect(onTheWall(lastNight(nightly, at('2026-11-28T23:45')))).toBe('2026-11-28T23:45');
    expect(onTheWall(lastNight(nightly, at('2026-03-01T00:10')))).toBe('2026-02-28T23:45');
  });
});

function copy(madeAt: number): Copy {
  return { name: copyName(madeAt), madeAt, bytes: 1 };
}

const dayOf = ({ madeAt }: Copy) => onTheWall(madeAt).slice(0, 10);

describe('of the copies', () => {
  test('of a year of nights the last 7 days stay, and the Sundays of the 4 weeks before', () => {
    let copies: Copy[] = [];
    for (let day = Temporal.PlainDate.from('2026-01-01'); day.year === 2026; day = day.add({ days: 1 })) {
      const made = copy(at(`${day}T04:30`));
      copies.push(made);
      const gone = new Set(outdated(copies, made.madeAt, ZONE));
      copies = copies.filter((one) => !gone.has(one));
      expect(copies).toContain(made);
      const days = copies.map(dayOf);
      expect(days.slice(-7)).toEqual(
        Array.from({ length: Math.min(7, day.dayOfYear) }, (_, ago) => String(day.subtract({ days: ago }))).reverse(),
      );
      if (day.dayOfYear < 40) continue;
      const oldest = day.subtract({ days: 7 });
      const sunday = oldest.subtract({ days: oldest.dayOfWeek % 7 });
      expect(days.slice(0, -7)).toEqual([21, 14, 7, 0].map((ago) => String(sunday.subtract({ days: ago }))));
    }
    expect(copies.map(dayOf)).toEqual([
      ...['2026-11-29', '2026-12-06', '2026-12-13', '2026-12-20'],
      ...['25', '26', '27', '28', '29', '30', '31'].map((day) => `2026-12-${day}`),
    ]);
  });

  test('the newest stays, at most 11 do, and one whose time has not come is left alone', () => {
    const now = at('2026-11-28T12:00');
    const moments = fc.uniqueArray(fc.integer({ min: now - 90 * DAY_MS, max: now + 3 * DAY_MS }), { minLength: 1 });
    fc.assert(
      fc.property(moments, (times) => {
        const copies = times.map(copy);
        const gone = new Set(outdated(copies, now, ZONE));
        const stay = copies.filter((one) => !gone.has(one));
        const past = copies.filter(({ madeAt }) => madeAt <= now).sort((a, b) => b.madeAt - a.madeAt);
        expect(stay.filter(({ madeAt }) => madeAt > now)).toEqual(copies.filter(({ madeAt }) => madeAt > now));
        expect(stay.filter(({ madeAt }) => madeAt <= now).length).toBeLessThanOrEqual(11);
        if (past[0] !== undefined) expect(stay).toContain(past[0]);
        // As many days as there are, up to 7, and of each its newest.
        const days = [...new Set(past.map(dayOf))].slice(0, 7);
        for (const day of days) expect(stay).toContain(past.find((one) => dayOf(one) === day));
        // Giving up again gives up nothing more.
        expect(outdated(stay, now, ZONE)).toEqual([]);
      }),
    );
  });

  test('only those are the hub’s own whose name says when they were made', () => {
    expect(copyName(Date.UTC(2026, 10, 28, 3, 30, 5, 999))).toBe('hub-2026-11-28T033005Z.db');
    expect(madeAtOf('hub-2026-11-28T033005Z.db')).toBe(Date.UTC(2026, 10, 28, 3, 30, 5));
    for (const name of [
      'hub.db',
      'hub-2026-11-28.db',
      'hub-2026-11-28T033005Z.db.partial-7',
      'my-hub-2026-11-28T033005Z.db',
      'hub-2026-13-28T033005Z.db',
      'hub-2026-11-28T033005Z.db-wal',
      'hub-2026-11-28T033005Z.db\n',
    ]) {
      expect(madeAtOf(name), name).toBeUndefined();
    }
  });
});
