import { describe, expect, test } from 'vitest';
import { TEXTS, telegramTexts } from '../../src/telegram/texts.ts';
import { whenWords } from '../../src/telegram/when.ts';
import type { ServiceNow } from '../../src/tpvs/service/service.ts';

const zone = 'Europe/Madrid';
const at = (time: string) => Date.parse(`${time}+01:00`);
/** A Saturday. */
const now = at('2026-11-28T18:00');

test.each([
  ['2026-11-28T20:00', 'hoy a las 20:00'],
  ['2026-11-29T13:00', 'mañana a las 13:00'],
  ['2026-11-29T01:30', 'mañana a la 01:30'],
  ['2026-11-30T13:00', 'el lunes a las 13:00'],
  ['2026-12-04T00:00', 'el viernes a las 00:00'],
  ['2026-12-05T13:00', 'el sábado 5 de diciembre a las 13:00'],
  ['2027-11-20T13:00', 'el sábado 20 de noviembre a las 13:00'],
])('%s is said as “%s” on Saturday afternoon', (time, words) => {
  expect(whenWords(at(time), now, zone)).toBe(words);
});

test('a moment is said by the clock of the place', () => {
  expect(whenWords(at('2026-11-29T00:30'), now, zone)).toBe('mañana a las 00:30');
  expect(whenWords(at('2026-11-29T00:30'), now, 'Atlantic/Canary')).toBe('hoy a las 23:30');
});

describe('a person reads', () => {
  const says = (service: ServiceNow) => telegramTexts(() => undefined).service('Bar <Pepe>', service, now);
  const opensAt = at('2026-11-28T20:00');
  test.each<[ServiceNow, string | undefined]>([
    [{ state: 'open' }, undefined],
    [{ state: 'open', closesAt: opensAt, zone }, undefined],
    [{ state: 'busy', minutes: 20 }, 'Bar &lt;Pepe&gt; va con retraso: unos 20 minutos.'],
    [
      { state: 'paused', reason: 'no hay <gas>' },
      'Bar &lt;Pepe&gt; no atiende ahora (no hay &lt;gas&gt;). Hemos guardado tu mensaje.',
    ],
    [{ state: 'paused' }, 'Bar &lt;Pepe&gt; no atiende ahora. Hemos guardado tu mensaje.'],
    [
      { state: 'closed', opensAt, zone },
      'Bar &lt;Pepe&gt; está cerrado; abre hoy a las 20:00. Hemos guardado tu mensaje.',
    ],
    [{ state: 'closed', zone }, 'Bar &lt;Pepe&gt; está cerrado por ahora. Hemos guardado tu mensaje.'],
  ])('of %o: %s', (service, sentence) => {
    expect(says(service)).toBe(sentence);
  });

  test('what an administrator worded', () => {
    const texts = telegramTexts((key) => (key === 'service.closed' ? 'Hasta {cuando} en {local}' : undefined));
    expect(texts.service('Bar', { state: 'closed', opensAt, zone }, now)).toBe('Hasta hoy a las 20:00 en Bar');
  });

  test('a moment that has room in its sentence', () => {
    const longest = whenWords(at('2027-09-22T20:00'), now, zone);
    expect(longest.length).toBeLessThanOrEqual(TEXTS['service.closed'].placeholders.cuando?.most ?? 0);
  });
});
