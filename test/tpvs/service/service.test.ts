import { describe, expect, test } from 'vitest';
import { timetableSchema } from '#protocol';
import type { StoredService } from '../../../src/db/schema.ts';
import { changesAt, serviceNow } from '../../../src/tpvs/service/service.ts';
import { serviceColumn, serviceOf } from '../../../src/tpvs/service/service-column.ts';

const at = (time: string) => Date.parse(`2026-11-28T${time}:00+01:00`);
const timetable = timetableSchema.parse({ zone: 'Europe/Madrid', weekly: { sat: [['13:00', '16:00']] } });
const never = timetableSchema.parse({ zone: 'Europe/Madrid', weekly: {} });
const opensAt = Date.parse('2026-12-05T13:00+01:00');
const zone = 'Europe/Madrid';

describe('the service of a TPV', () => {
  const pause = { state: 'paused', until: at('15:00'), reason: 'cocina averiada' } as const;
  const busy = { state: 'busy', minutes: 20, until: at('15:00') } as const;
  const table: { said: StoredService; time: string; now: object; changes: number | undefined }[] = [
    { said: { state: 'open' }, time: '12:00', now: { state: 'open' }, changes: undefined },
    { said: pause, time: '14:59', now: pause, changes: at('15:00') },
    { said: pause, time: '15:00', now: { state: 'open' }, changes: undefined },
    { said: { state: 'paused' }, time: '15:00', now: { state: 'paused' }, changes: undefined },
    { said: busy, time: '14:59', now: busy, changes: at('15:00') },
    { said: busy, time: '15:00', now: { state: 'open' }, changes: undefined },
    { said: { ...pause, timetable }, time: '12:00', now: pause, changes: at('13:00') },
    { said: { ...pause, timetable }, time: '15:00', now: { state: 'open', closesAt: at('16:00'), zone }, changes: at('16:00') },
    { said: { ...busy, timetable }, time: '14:00', now: { ...busy, closesAt: at('16:00'), zone }, changes: at('15:00') },
    { said: { ...busy, timetable }, time: '12:00', now: { state: 'closed', opensAt: at('13:00'), zone }, changes: at('13:00') },
    { said: { state: 'open', timetable }, time: '16:00', now: { state: 'closed', opensAt, zone }, changes: opensAt },
    { said: { state: 'open', timetable: never }, time: '16:00', now: { state: 'closed', zone }, changes: at('16:00') + 86_400_000 },
  ]; // biome-ignore format: a table
  test.each(table)('that said $said is $now at $time', ({ said, time, now, changes }) => {
    expect(serviceNow(said, at(time))).toEqual(now);
    expect(changesAt(said, at(time))).toBe(changes);
  });

  test('is told from its column at each moment, also where that is asked out of order', () => {
    const column = { service: serviceColumn({ ...pause, timetable }) };
    const states = ['12:00', '15:30', '17:00', '14:00', '12:59', '16:00'].map(
      (time) => serviceOf(column, at(time)).state,
    );
    expect(states).toEqual(['paused', 'open', 'closed', 'paused', 'paused', 'closed']);
  });

  test('that is open at all times needs no column', () => {
    expect(serviceColumn({ state: 'open' })).toBeNull();
    expect(serviceOf({ service: null }, at('12:00'))).toEqual({ state: 'open' });
  });
});
