import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/command.ts';
import { COMMAND_HELP, helpIn } from '../../src/cli/help.ts';
import { languageOfRun, SPANISH, told } from '../../src/cli/language/say.ts';
import { SPANISH_INSIDE } from '../../src/cli/language/spanish-inside.ts';
import { SPANISH_UPGRADE } from '../../src/cli/language/spanish-upgrade.ts';
import { VARIABLE_NAMES } from '../../src/config/environment.ts';
import { cli } from '../support/cli.ts';
import { startHub } from '../support/hub.ts';
import { ROOT } from '../support/process.ts';

/** The English sentences of a file: what stands behind `say`, with its values as {0}, {1}. */
function sentencesIn(source: string): string[] {
  const found: string[] = [];
  for (let at = source.indexOf('say`'); at !== -1; at = source.indexOf('say`', at + 1)) {
    let text = '';
    let values = 0;
    for (let i = at + 4; source[i] !== '`'; i++) {
      if (source.startsWith('${', i)) {
        text += `{${values++}}`;
        let depth = 1;
        for (i += 2; depth > 0; i++) depth += source[i] === '{' ? 1 : source[i] === '}' ? -1 : 0;
        i--;
      } else if (source[i] === '\\') {
        i++;
        text += source[i] === 'n' ? '\n' : source[i];
      } else text += source[i];
    }
    found.push(text);
  }
  return found;
}

const SAID = globSync('src/cli/**/*.ts', { cwd: ROOT }).flatMap((file) =>
  sentencesIn(readFileSync(join(ROOT, file), 'utf8')),
);

/** `{0}`, `{1}`, each once. */
function placesOf(sentence: string): string[] {
  return (sentence.match(/\{\d\}/g) ?? []).sort();
}

test('every sentence of the command line has its Spanish, with the same values, and no Spanish is left over', () => {
  expect(SAID.length).toBeGreaterThan(250);
  expect(SAID.filter((sentence) => SPANISH[sentence] === undefined)).toEqual([]);
  expect(Object.keys(SPANISH).filter((sentence) => !SAID.includes(sentence))).toEqual([]);
  const all = { ...SPANISH, ...SPANISH_INSIDE, ...SPANISH_UPGRADE };
  const others = Object.entries(all).filter(([english, spanish]) =>
    placesOf(spanish).some((place) => !placesOf(english).includes(place)),
  );
  expect(others).toEqual([]);
});

test('no sentence is made without its Spanish', () => {
  const bare = globSync('src/cli/**/*.ts', { cwd: ROOT }).flatMap((file) =>
    [
      ...readFileSync(join(ROOT, file), 'utf8').matchAll(
        /(?:\b(?:UsageError|tell|ok|warning|fault|skipped)\(|HubError\([^,()]*,)\s*(['"`](?!\$\{(?:told|what)).*)/g,
      ),
    ].map(([, text]) => `${file}: ${text}`),
  );
  expect(bare).toEqual([]);
});

/** What the rest of the program tells an operator: each sentence that a fault of these rooms is made with. */
const INSIDE = [
  'src/operations',
  'src/db',
  'src/rights/erasure-notes.ts',
  'src/process/exit.ts',
  'src/cluster/only-hub.ts',
];

test('what the rest of the program tells an operator has its Spanish', () => {
  const files = INSIDE.flatMap((place) =>
    place.endsWith('.ts') ? [place] : globSync(`${place}/**/*.ts`, { cwd: ROOT }),
  );
  const sentences = files.flatMap((file) => {
    const code = readFileSync(join(ROOT, file), 'utf8');
    const made = code.matchAll(
      /(?:HubError\(\s*'(?:unavailable|invalid_request)',|say\(|return|remark\()\s*(['`])([A-Z$].*?[^\\])\1[,;)]/gs,
    );
    return [...made].map(([, , text = '']) => text.replaceAll(/\$\{[^}]*\}/g, '·').replaceAll("\\'", "'"));
  });
  expect(sentences.length).toBeGreaterThan(40);
  // One that is put together of parts stands in the lists as a whole.
  const isWhole = (sentence: string) => /^(?!·[ \\]|· erased)[^\n`]*\.$/.test(sentence);
  expect(sentences.filter((sentence) => isWhole(sentence) && told(sentence, 'es') === sentence)).toEqual([]);
});

test('the help of both languages names the same commands, words, options and variables', () => {
  const [spanish, english] = [helpIn('es'), helpIn('en')];
  const names = (text: string) =>
    [
      ...new Set(
        text.match(/--[a-z][a-z-]*|\b[A-Z]{2,}_[A-Z_]+\b|valletpv-hub [a-z]+ (?=[a-z-]+ [<[]|[a-z-]+$)[a-z][a-z|-]*/gm),
      ),
    ].sort();
  for (const command of COMMANDS) {
    expect(names(spanish.commands[command]), command).toEqual(names(english.commands[command]));
    expect(
      Object.keys(COMMAND_HELP[command].options ?? {}).filter((one) => !english.commands[command].includes(`--${one}`)),
    ).toEqual([]);
    for (const line of `${spanish.overview}\n${spanish.commands[command]}`.split('\n'))
      expect(line.length).toBeLessThan(125);
  }
  expect(names(spanish.overview)).toEqual(names(english.overview));
});

test('the environment chooses the language: LC_ALL before LC_MESSAGES before LANG, and Spanish without them', () => {
  expect(languageOfRun({})).toBe('es');
  expect(languageOfRun({ LANG: 'C.UTF-8' })).toBe('es');
  expect(languageOfRun({ LANG: 'en_GB.UTF-8' })).toBe('en');
  expect(languageOfRun({ LANG: 'en_GB.UTF-8', LC_MESSAGES: 'es_ES.UTF-8' })).toBe('es');
  expect(languageOfRun({ LANG: 'es_ES', LC_ALL: 'en' })).toBe('en');
  expect(languageOfRun({ LANG: 'en_US', LC_ALL: '' })).toBe('en');
});

/** Words that Spanish does not have. */
const ENGLISH = /\b(the|is|are|of|takes|there|with|and|was|not|it|its)\b/i;

test('a Spanish run says nothing in English, and a script reads the same as before', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: 'Bar La Esquina' });
  const run = (...args: string[]) => cli(hub, args, { language: 'es' });
  const words: string[][] = [
    ['tpv', 'list'],
    ['tpv', 'register', 'Casa Pepe', '--endpoint-url', 'https://pepe.example'],
    ['tpv', 'service', tpv.id, 'busy', '--minutes', '20'],
    ['tpv', 'service', tpv.id, 'closed'],
    ['tpv', 'join-code', tpv.id],
    ['tpv', 'rotate-key', 'no such one'],
    ['tpv', 'rotate-key'],
    ['tpv', 'deactivate', tpv.id, '--users', 'none'],
    ['user', 'list'],
    ['user', 'assign', '5'],
    ['user', 'erase', '5'],
    ['instruction', 'list'],
    ['instruction', 'show', 'nothing'],
    ['maintenance', 'begin'],
    ['maintenance', 'list'],
    ['migrate', '--status'],
    ['backup', 'list'],
    ['restore', 'nothing.db'],
    ['import', 'django', '--database', 'nothing.db'],
    ['logs', '--nothing'],
    ['webhook', 'info', 'more'],
    ['nothing'],
    ['doctor'],
  ];
  for (const args of words) {
    const { code, stdout, stderr } = await run(...args);
    const said = `${stdout}${stderr}`;
    expect(said, args.join(' ')).not.toBe('');
    // The system's own words stand in brackets, and a name in quotes; a migration has a name.
    const own = said.replaceAll(/\([^)]*\)|«[^»]*»|https?:\S+|\b\d{4}-\S+/g, '');
    expect(own, args.join(' ')).not.toMatch(ENGLISH);
    const english = await cli(hub, args);
    expect(english.code).toBe(code);
    const asJson = await cli(hub, [...args, '--json'], { language: 'es' });
    expect(asJson.code).toBe(code);
    expect(() => JSON.parse(asJson.stdout || asJson.stderr)).not.toThrow();
    if (asJson.stderr !== '') expect(JSON.parse(asJson.stderr).faults.join('\n')).toBe(english.stderr.trimEnd());
  }
});

test('what is wrong with a variable is said in Spanish, whatever it takes', async () => {
  const hub = await startHub();
  const env = Object.fromEntries(VARIABLE_NAMES.filter((name) => name !== 'DATABASE_URL').map((name) => [name, '?']));
  const { stdout } = await cli(hub, ['doctor'], { env, language: 'es' });
  const faults = stdout.split('\n').filter((line) => line.includes('admite'));
  expect(faults.length).toBeGreaterThan(25);
  expect(
    faults.filter(
      (line) => ENGLISH.test(line.replace(/uno de .*/, '')) || / (number|such|least|seconds|letters) /.test(line),
    ),
  ).toEqual([]);
});
