import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/open.ts';
import { Events } from '../../src/events.ts';
import { LANGUAGES } from '../../src/languages.ts';
import { Settings } from '../../src/settings/settings.ts';
import { readTelegramHtml } from '../../src/settings/telegram-html.ts';
import { previewText, problemsOfText, type TextDefinition } from '../../src/settings/text.ts';
import { TEXTS } from '../../src/telegram/texts/catalogue.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, freshDatabase } from '../support/hub.ts';

const CONFIG = {
  ROUTING_STRATEGY: 'least_users',
  RETENTION_DAYS: 7,
  CORS_ALLOWED_ORIGINS: ['https://fixed.example'],
  CALLBACK_ALLOWED_ORIGINS: [],
} as const;

/** The URL of a database with its tables. */
async function database(dialect: (typeof DIALECTS)[number]): Promise<string> {
  const url = await freshDatabase(dialect);
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
  await migrate(db);
  await db.close();
  return url;
}

/** The settings of one process, with its own connections. */
async function open(url: string, clock = testClock()) {
  const changed: string[] = [];
  const warned: unknown[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void warned.push(JSON.parse(line)) });
  const events = new Events((error) => warned.push(error));
  events.on('changed', ({ what, id }) => changed.push(`${what} ${id}`));
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' }, { events });
  const settings = await Settings.open({
    db,
    clock,
    log,
    config: { ...CONFIG, CORS_ALLOWED_ORIGINS: [...CONFIG.CORS_ALLOWED_ORIGINS], CALLBACK_ALLOWED_ORIGINS: [] },
    texts: TEXTS,
  });
  onTestFinished(async () => {
    await settings.stop();
    await db.close();
  });
  return { db, settings, clock, changed, warned };
}

describe.each(DIALECTS)('on %s', (dialect) => {
  test('a change holds from its commit on, survives a restart, and null brings the default back', async () => {
    const url = await database(dialect);
    const { db, settings, changed } = await open(url);
    expect(settings).toMatchObject({ strategy: 'least_users', retentionDays: 7, callbackOrigins: [] });
    const values = {
      routing_strategy: 'specific',
      retention_days: 30,
      cors_allowed_origins: ['https://panel.example'],
      callback_allowed_origins: ['http://bar.example:8080'],
    } as const;
    await db.transact((tx) => settings.change(tx, { values, texts: { help: 'Escribe y ya está.' }, language: 'es' }));
    const check = (one: Settings) => {
      expect(one).toMatchObject({ strategy: 'specific', retentionDays: 30 });
      expect(one.callbackOrigins).toEqual(['http://bar.example:8080']);
      for (const origin of ['https://fixed.example', 'https://panel.example'])
        expect(one.isCorsOrigin(origin)).toBe(true);
      expect(one.isCorsOrigin('https://other.example')).toBe(false);
      expect(one.wording('help', 'es')).toBe('Escribe y ya está.');
      expect(one.wording('help', 'en')).toBeUndefined();
    };
    check(settings);
    expect(changed.sort()).toEqual([
      'setting callback_allowed_origins',
      'setting cors_allowed_origins',
      'setting retention_days',
      'setting routing_strategy',
      'setting text.help',
    ]);
    check((await open(url)).settings);
    const nothing = { routing_strategy: null, retention_days: null, cors_allowed_origins: null } as const;
    await db.transact((tx) => settings.change(tx, { values: nothing, texts: { help: null }, language: 'es' }));
    expect(settings).toMatchObject({ strategy: 'least_users', retentionDays: 7 });
    expect(settings.isCorsOrigin('https://panel.example')).toBe(false);
    expect(settings.wording('help', 'es')).toBeUndefined();
  });

  test('a text that is worded as the default again follows the default from then on', async () => {
    const { db, settings } = await open(await database(dialect));
    for (const help of ['Escribe y ya está.', TEXTS.defaults.es.help]) {
      await db.transact((tx) => settings.change(tx, { values: {}, texts: { help }, language: 'es' }));
    }
    expect(settings.wording('help', 'es')).toBeUndefined();
    expect(await db.read.selectFrom('settings').select('key').where('key', '=', 'text.help').execute()).toEqual([]);
  });

  test('a text is worded per language, under a key of its own', async () => {
    const url = await database(dialect);
    const { db, settings, changed } = await open(url);
    const texts = { 'press.done': 'Fet!' };
    await db.transact((tx) => settings.change(tx, { values: {}, texts, language: 'ca' }));
    expect(changed).toEqual(['setting text.press.done.ca']);
    for (const one of [settings, (await open(url)).settings]) {
      expect(LANGUAGES.filter((language) => one.wording('press.done', language) !== undefined)).toEqual(['ca']);
      expect(one.wording('press.done', 'ca')).toBe('Fet!');
    }
    const usual = { 'press.done': TEXTS.defaults.ca['press.done'] };
    await db.transact((tx) => settings.change(tx, { values: {}, texts: usual, language: 'ca' }));
    expect(settings.wording('press.done', 'ca')).toBeUndefined();
  });

  test('a transaction that fails changes nothing', async () => {
    const url = await database(dialect);
    const { db, settings, changed } = await open(url);
    const failed = db.transact(async (tx) => {
      await settings.change(tx, { values: { retention_days: 30 }, texts: {}, language: 'es' });
      throw new Error('made up');
    });
    await expect(failed).rejects.toThrow('made up');
    expect(settings.retentionDays).toBe(7);
    expect(changed).toEqual([]);
  });

  test('another process follows within a few seconds', async () => {
    const url = await database(dialect);
    const [here, there] = [await open(url), await open(url)];
    await here.db.transact((tx) =>
      here.settings.change(tx, { values: { retention_days: 30 }, texts: {}, language: 'es' }),
    );
    expect(there.settings.retentionDays).toBe(7);
    await there.clock.advance(2_000);
    await expect.poll(() => there.settings.retentionDays).toBe(30);
    expect(there.changed).toEqual(['setting retention_days']);
  });

  test('what is stored and makes no sense is left aside with a warning', async () => {
    const url = await database(dialect);
    const rows = {
      routing_strategy: '"fastest"',
      retention_days: 'not json',
      cors_allowed_origins: '["javascript:alert(1)"]',
      callback_allowed_origins: '{"__proto__":1}',
      'text.help': '"<b>open"',
      'text.no_such_text': '"Hola"',
      'text.constructor': '"Hola"',
      'text.help.nl': '"Hola"',
      'text.help.es': '"Hola"',
      'text.welcome.ca': '"{cognom}"',
      round_robin_last: 'whatever',
    };
    const values = Object.entries(rows).map(([key, value]) => ({ key, value }));
    const { db } = await open(url);
    await db.transact(async (tx) => {
      await tx.kysely.insertInto('settings').values(values).execute();
    });
    const { settings, warned } = await open(url);
    expect(settings).toMatchObject({ strategy: 'least_users', retentionDays: 7, callbackOrigins: [] });
    expect(settings.wording('help', 'es')).toBeUndefined();
    expect(settings.isCorsOrigin('javascript:alert(1)')).toBe(false);
    expect(warned.map((line) => Object(line).key).sort()).toEqual(
      Object.keys(rows)
        .filter((key) => key !== 'round_robin_last')
        .sort(),
    );
  });
});

const message: TextDefinition = {
  where: 'message',
  placeholders: { nombre: { example: '<Ana>', most: 64 } },
};

test.each([
  ['', 'Está vacío.'],
  ['   \n', 'Está vacío.'],
  ['hola {apellido}', 'No existe el marcador {apellido}.'],
  ['hola {constructor}', 'No existe el marcador {constructor}.'],
  ['a\0b', 'Contiene caracteres no admitidos.'],
  ['a\ud800b', 'Contiene caracteres no admitidos.'],
  ['<script>alert(1)</script>', 'Telegram no conoce la etiqueta <script>.'],
  ['<b>hola', 'Falta cerrar <b>.'],
  ['<b><i>hola</b></i>', '</b> no cierra la última etiqueta abierta.'],
  ['</b>', '</b> no cierra la última etiqueta abierta.'],
  ['2 < 3', 'Un «<» que no abre una etiqueta se escribe &lt;'],
  ['pan & vino', 'Un «&» suelto se escribe &amp;'],
  ['<b onclick="x">hola</b>', '<b> no admite atributos.'],
  ['<a href="javascript:alert(1)">hola</a>', 'Un enlace se escribe'],
  ['<a>hola</a>', 'Un enlace se escribe'],
  ['<a href="https://{nombre}">hola</a>', 'Un marcador no puede ir dentro de una etiqueta.'],
  ['<span class="x">hola</span>', '<span> solo vale como'],
])('a message such as %j can not be sent', (text, problem) => {
  expect(problemsOfText(message, text).join(' ')).toContain(problem);
});

test.each([
  'hola',
  '<b>hola</b> <i>a <u>todos</u></i>',
  '<a href="https://bar.example/?a=1&amp;b=2">carta</a>',
  '<a href="tg://user?id=1">escríbenos</a>',
  '<pre><code class="language-python">x</code></pre>',
  '<span class="tg-spoiler">hola</span><tg-spoiler>hola</tg-spoiler>',
  '<blockquote expandable>hola</blockquote>',
  '&lt;b&gt; &amp; &quot; &#8364; &#x20ac; >',
  '{nombre} {} { } {Nombre} {1}',
])('a message such as %j can be sent', (text) => {
  expect(problemsOfText(message, text)).toEqual([]);
});

test('a message has as many characters as Telegram takes, markup aside and names in their places', () => {
  expect(problemsOfText(message, `<b>${'x'.repeat(4_096)}</b>`)).toEqual([]);
  expect(problemsOfText(message, 'x'.repeat(4_097))).toEqual(['Admite hasta 4096 caracteres, con los datos puestos.']);
  expect(problemsOfText(message, `${'x'.repeat(4_032)}{nombre}`)).toEqual([]);
  expect(problemsOfText(message, `${'x'.repeat(4_033)}{nombre}`)).toHaveLength(1);
});

test('over the chat and on buttons there is no markup, and little room', () => {
  const press: TextDefinition = { where: 'press', placeholders: {} };
  expect(problemsOfText(press, 'x'.repeat(200))).toEqual([]);
  expect(problemsOfText(press, '2 < 3 & 4')).toEqual([]);
  expect(problemsOfText(press, 'x'.repeat(201))).toHaveLength(1);
  expect(problemsOfText(press, '<b>hola</b>')).toHaveLength(1);
  expect(problemsOfText({ ...press, where: 'button' }, 'x'.repeat(65))).toHaveLength(1);
});

test('a preview is safe to show, whatever is in it', () => {
  expect(previewText(message, 'Hola, <b>{nombre}</b>')).toBe('Hola, <b>&lt;Ana&gt;</b>');
  expect(previewText(message, '<img src=x onerror=alert(1)>')).toBe('&lt;img src=x onerror=alert(1)&gt;');
  expect(previewText(message, '<b>hola')).toBe('&lt;b&gt;hola');
  expect(previewText(message, `<a href="https://a.example/'x&quot;>">x</a>`)).not.toContain(
    '<a href="https://a.example/\'',
  );
  const press: TextDefinition = { where: 'press', placeholders: {} };
  expect(previewText(press, `<b>"'`)).toBe('&lt;b&gt;&quot;&#39;');
});

test('even the longest hostile text is read at once', () => {
  const hostile = ['<', '<a', '{a}', '<{a}', '&', '&#', '</', '<b>', '<a href="'].map((part) =>
    part.repeat(20_000 / part.length),
  );
  for (const text of hostile) {
    problemsOfText(message, text);
    expect(readTelegramHtml(text).safe).not.toMatch(/<(?!\/?(b|a)\b)/);
  }
});
