import { describe, expect, test } from 'vitest';
import { LANGUAGES, type Language } from '../../src/languages.ts';
import { DEFINITIONS } from '../../src/telegram/texts/definitions.ts';
import { telegramTexts } from '../../src/telegram/texts/texts.ts';
import { whenWords } from '../../src/telegram/texts/when.ts';
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
  expect(whenWords('es', at(time), now, zone)).toBe(words);
});

test.each<[Language, ...string[]]>([
  ['ca', 'avui a les 20:00', 'demà a la 01:30', 'dilluns a les 13:00', 'el dissabte 5 de desembre a les 13:00'],
  ['gl', 'hoxe ás 20:00', 'mañá á 01:30', 'o luns ás 13:00', 'o sábado 5 de decembro ás 13:00'],
  ['eu', 'gaur (20:00)', 'bihar (01:30)', 'astelehena (13:00)', 'abenduak 5, larunbata (13:00)'],
  ['en', 'today at 20:00', 'tomorrow at 01:30', 'on Monday at 13:00', 'on Saturday 5 December at 13:00'],
  ['fr', 'aujourd’hui à 20h00', 'demain à 01h30', 'lundi à 13h00', 'le samedi 5 décembre à 13h00'],
  [
    'de',
    'heute um 20:00 Uhr',
    'morgen um 01:30 Uhr',
    'am Montag um 13:00 Uhr',
    'am Samstag, 5. Dezember, um 13:00 Uhr',
  ],
  ['pt', 'hoje às 20:00', 'amanhã à 01:30', 'na segunda-feira às 13:00', 'no sábado, 5 de dezembro, às 13:00'],
  ['it', 'oggi alle 20:00', 'domani all’1:30', 'lunedì alle 13:00', 'sabato 5 dicembre alle 13:00'],
])('and so on in %s', (language, ...words) => {
  const times = ['2026-11-28T20:00', '2026-11-29T01:30', '2026-11-30T13:00', '2026-12-05T13:00'];
  expect(times.map((time) => whenWords(language, at(time), now, zone))).toEqual(words);
});

test('a moment is said by the clock of the place', () => {
  expect(whenWords('es', at('2026-11-29T00:30'), now, zone)).toBe('mañana a las 00:30');
  expect(whenWords('es', at('2026-11-29T00:30'), now, 'Atlantic/Canary')).toBe('hoy a las 23:30');
});

describe('a person reads', () => {
  const says = (service: ServiceNow) => telegramTexts('es').of('es').service('Bar <Pepe>', service, now);
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
    const worded = telegramTexts('es', (key) => (key === 'service.closed' ? 'Hasta {cuando} en {local}' : undefined));
    const texts = worded.of('es');
    expect(texts.service('Bar', { state: 'closed', opensAt, zone }, now)).toBe('Hasta hoy a las 20:00 en Bar');
  });

  test('a moment that has room in its sentence', () => {
    for (const language of LANGUAGES) {
      const longest = whenWords(language, at('2027-09-22T20:00'), now, zone);
      expect(longest.length).toBeLessThanOrEqual(DEFINITIONS['service.closed'].placeholders.cuando?.most ?? 0);
    }
  });
});
