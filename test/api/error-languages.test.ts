import fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ERRORS } from '#protocol';
import { UPDATE_FAULTS } from '../../src/admin/overview/webhook-health.ts';
import { statusRoutes } from '../../src/api/status-routes.ts';
import { readConfig } from '../../src/config/config.ts';
import { PROBLEMS } from '../../src/observability/health.ts';
import { en } from '../../src/wording/en.ts';
import { es } from '../../src/wording/es.ts';
import { errorLanguageOf } from '../../src/wording/wording.ts';
import { WRITTEN, WRITTEN_WITH_NUMBER, writtenWith } from '../../src/wording/written.ts';
import { type PushingHub, startPushing } from '../support/push.ts';
import { askAllWrong, type Said } from '../support/wrong-requests.ts';

/** What no English sentence has: letters and quotes of Spanish, and its commonest words. */
const SPANISH = /[áéíóúüñ¿¡«»]|\b(el|la|los|las|un|una|de|del|que|es|está|con|por|para|hasta|debe|admite|indica|se)\b/i;
/** What no Spanish sentence has. */
const ENGLISH = /[“”]|\b(the|is|not|must|takes|give|with|of|invalid|expected|received|too)\b/i;

const SAMPLES: Record<string, unknown[]> = {
  ofCode: ['not_found'],
  onlyWith: [['busy', 'paused']],
  cannotBecome: ['sent', 'completed', true],
  written: [WRITTEN.givenUp.es],
  problem: ['draining', PROBLEMS.draining],
};

/** A sentence, with something in its places. */
function rendered(words: Record<string, unknown>, name: string): string {
  const word = words[name];
  return typeof word === 'function' ? word(...(SAMPLES[name] ?? [7, 8])) : String(word);
}

test.each(Object.keys(es))('%s is said in Spanish and in English', (name) => {
  const [spanish, english] = [rendered(es, name), rendered(en, name)];
  for (const sentence of [spanish, english]) {
    expect(sentence).toMatch(/\S/);
    expect(sentence).not.toMatch(/undefined|\[object|=>/);
  }
  expect(english).not.toBe(spanish);
  expect(english).not.toMatch(SPANISH);
  expect(spanish).not.toMatch(ENGLISH);
});

test.each(Object.entries(ERRORS))('the sentence of %s is whole in both', (_code, { sentence, english }) => {
  for (const one of [sentence, english]) expect(one).toMatch(/^[A-Z][^.]*\.$/);
  expect(english).not.toMatch(SPANISH);
  expect(sentence).not.toMatch(ENGLISH);
});

test.each(Object.values(WRITTEN))(
  'what stands in a row as «$es» is said in English',
  ({ es: spanish, en: english }) => {
    expect(es.written(spanish)).toBe(spanish);
    expect(en.written(spanish)).toBe(english);
    expect(english).not.toMatch(SPANISH);
    expect(spanish).not.toMatch(ENGLISH);
  },
);

test.each(Object.values(WRITTEN_WITH_NUMBER))('with its number, «$es» is said in English too', (sentence) => {
  const spanish = writtenWith(404, sentence);
  expect(spanish).toContain(' 404');
  expect(en.written(spanish)).toBe(sentence.en.replace('#', '404'));
  expect(sentence.en).not.toMatch(SPANISH);
});

test('what a row has of Telegram is said in Telegram’s words', () => {
  expect(en.written('Bad Request: chat not found')).toBe('Bad Request: chat not found');
});

test.each([...Object.keys(PROBLEMS), ...UPDATE_FAULTS])('the problem %s is said in English', (code) => {
  const english = en.problem(code, 'Sin traducir.');
  expect(english).toMatch(/^[A-Z].+\.$/);
  expect(english).not.toMatch(SPANISH);
});

test('GET /readyz says in English what is wrong', async () => {
  const app = fastify();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  onTestFinished(() => app.close());
  await app.register(statusRoutes, {
    problems: async () => [{ code: 'disk_full', message: PROBLEMS.disk_full }],
    degraded: () => [],
    words: en,
    metrics: { text: async () => '', contentType: 'text/plain' },
    metricsToken: undefined,
    failed: () => {},
  });
  const { statusCode, body } = await app.inject('/readyz');
  expect([statusCode, JSON.parse(body)]).toEqual([
    503,
    {
      status: 'unavailable',
      problems: [{ code: 'disk_full', message: expect.stringMatching(/^The disk .+ is full/) }],
    },
  ]);
});

test.each([
  ['en', 'en'],
  ['en-GB', 'en'],
  ['es-ES', 'es'],
  ['ca', 'es'],
  ['eu', 'es'],
  ['fr', 'es'],
  ['de', 'es'],
])('with DEFAULT_LOCALE=%s developers read %s', (locale, language) => {
  const { DEFAULT_LOCALE } = readConfig({
    DATABASE_URL: 'sqlite:hub.db',
    TELEGRAM_BOT_TOKEN: '1:made-up',
    TELEGRAM_MODE: 'polling',
    DEFAULT_LOCALE: locale,
  });
  expect(errorLanguageOf(DEFAULT_LOCALE)).toBe(language);
});

describe('two hubs in one process', () => {
  const hubIn = (locale: string) => startPushing({ env: { DEFAULT_LOCALE: locale } });
  const sentencesOf = (said: Said[]) => said.flatMap(({ asked, sentences }) => sentences.map((one) => [asked, one]));

  test('say the same of all that is wrong, each in its language', async () => {
    const [spanish, english] = await Promise.all([hubIn('es'), hubIn('en')]);
    const [inSpanish, inEnglish] = await Promise.all([askAllWrong(spanish), askAllWrong(english)]);
    expect(inEnglish.map(({ asked, shape }) => [asked, shape])).toEqual(
      inSpanish.map(({ asked, shape }) => [asked, shape]),
    );
    for (const { asked, sentences } of inEnglish) expect([asked, sentences.length]).not.toEqual([asked, 0]);
    expect(sentencesOf(inEnglish).filter(([, sentence = '']) => SPANISH.test(sentence))).toEqual([]);
    expect(sentencesOf(inSpanish).filter(([, sentence = '']) => ENGLISH.test(sentence))).toEqual([]);
  });

  test('answer the panel and older TPVs in Spanish, as these know it', async () => {
    const said = async (hub: PushingHub) => {
      const tpv = hub.one;
      const legacy = { method: 'POST', json: { telegram_user_id: 1, message_id: 'x', nuevo_texto: 'Hola' } };
      const answers = [
        await hub.admin('/api/admin/users/?limit=abc'),
        await hub.admin('/api/admin/tpvs/none/'),
        await hub.fetch('/api/admin/tpvs/'),
        await hub.admin('/webhook/setup/', { method: 'POST', json: {} }),
        await tpv.fetch('/api/register_notification/', { method: 'POST', json: {} }),
        await tpv.fetch('/api/edit_message/', legacy),
        await hub.fetch('/api/edit_message/', legacy),
      ];
      return answers.map(({ status, body }) => ({ status, body }));
    };
    const [spanish, english] = [await hubIn('es'), await hubIn('en')];
    const answers = await said(spanish);
    expect(answers.map(({ status }) => status)).toEqual([400, 404, 401, 400, 400, 400, 401]);
    expect(await said(english)).toEqual(answers);
  });

  test('answer the panel in English where its account reads it so', async () => {
    const hub = await hubIn('es');
    const post = (json: unknown) => ({ method: 'POST', json });
    const said = async (language: string) => {
      const asked: [path: string, init?: object][] = [
        ['/api/admin/users/?limit=abc&tpv_id=x&active=maybe'],
        ['/api/admin/users/x'],
        ['/api/admin/audit?from=yesterday'],
        ['/api/admin/tpvs/none/'],
        ['/api/admin/tpvs', post({ name: '', endpoint_url: 'x', max_users: 0, other: 1 })],
        ['/api/admin/accounts', post({ name: 'cli', role: 'admin', password: 'short' })],
        ['/api/admin/accounts', post({ name: 7, role: 'king' })],
        ['/api/admin/accounts', post({ name: 'eva', role: 'manager', password: 'password1234' })],
        ['/api/admin/settings', { method: 'PATCH', json: { retention_days: 0, cors_allowed_origins: ['x'] } }],
        ['/api/admin/users/assign', post({ telegram_ids: [], tpv_id: 'x' })],
      ];
      const answers = [];
      for (const [path, init = {}] of asked)
        answers.push(await hub.admin(path, { ...init, headers: { 'accept-language': language } }));
      return answers.map(({ status, body }) => ({
        status,
        paths: (body.details ?? []).map(({ path }: { path: string }) => path),
        sentences: [body.error, ...(body.details ?? []).map(({ message }: { message: string }) => message)],
      }));
    };
    const [spanish, english] = [await said('es'), await said('en')];
    expect(spanish.map(({ status }) => status)).toEqual([400, 400, 400, 404, 400, 400, 400, 400, 400, 400]);
    expect(english.map(({ status, paths }) => [status, paths])).toEqual(
      spanish.map(({ status, paths }) => [status, paths]),
    );
    expect(english.flatMap(({ sentences }) => sentences).filter((one) => SPANISH.test(one))).toEqual([]);
    expect(spanish.flatMap(({ sentences }) => sentences).filter((one) => ENGLISH.test(one))).toEqual([]);
  });
});
