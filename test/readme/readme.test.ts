import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { imageSize } from '../../demo/emulator/image-size.ts';
import { frameWords } from '../../panel/words/frame.ts';
import { presence, pushStates } from '../../panel/words/states.ts';
import { COMMANDS } from '../../src/cli/command.ts';
import { VARIABLE_NAMES } from '../../src/config/environment.ts';
import { startHub } from '../support/hub.ts';
import { ROOT, runProcess } from '../support/process.ts';
import { anchorOf, PAGES, readGuide, readReadme } from '../support/readme.ts';
import { PROGRAMS_MS } from '../support/within.ts';

const english = readGuide('en');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const PICTURES = [
  'panel-overview',
  'panel-phone',
  'panel-conversation',
  'panel-conversation-dark',
  'panel-conversation-phone',
  'panel-instructions',
  'panel-instructions-phone',
  'panel-instruction',
  'panel-restaurant',
  'panel-restaurant-phone',
];
const LONGEST_README = 200;

test('it opens with the demo and the tests, and the latter is what a change has to pass', () => {
  const commands = english.commands('bash');
  expect(commands.slice(0, 2)).toEqual(['npm ci && npm run demo', 'npm ci && npm test']);
  const run = readFileSync(join(ROOT, '.ci/run'), 'utf8');
  const steps = run.split('\n').filter((line) => line !== '' && !/^(#|set |cd )/.test(line));
  expect(steps.join(' && ')).toBe(commands[1]);
  for (const file of ['.github/workflows/ci.yml', '.gitlab-ci.yml']) {
    expect(readFileSync(join(ROOT, file), 'utf8')).toMatch(/^ +- .*\.ci\/run$/m);
  }
});

test.each(PAGES)(
  '%s and %s have the same commands, sections, tables, pictures and names, in the same order',
  (en, es) => {
    const [english, spanish] = [readReadme(en), readReadme(es)];
    const named = ({ language }: { language: string }) => language !== '';
    expect(spanish.blocks.filter(named)).toEqual(english.blocks.filter(named));
    const shape = (headings: string[]) => headings.map((heading) => /^#+/.exec(heading)?.[0]);
    expect(shape(spanish.headings)).toEqual(shape(english.headings));
    const outward = (links: string[]) => links.filter((link) => !/^#|README|operating/.test(link));
    expect(outward(spanish.links)).toEqual(outward(english.links));
    const rows = (text: string) => text.split('\n').filter((line) => line.startsWith('|')).length;
    expect(rows(spanish.text)).toBe(rows(english.text));
    // What stands between < and > is said in each language.
    const names = (code: string[]) => [...new Set(code.map((name) => name.replaceAll(/<[^>]+>/g, '<>')))].sort();
    expect(spanish.code.map(names)).toEqual(english.code.map(names));
  },
);

// test/docs/paths.test.ts looks at links and paths.
test.each(PAGES.flat())('%s begins with a list of its sections', (file) => {
  const { headings, links, text } = readReadme(file);
  expect(links.filter((link) => link.startsWith('#'))).toEqual(headings.slice(1).map(anchorOf));
  if (file.startsWith('README')) expect(text.split('\n').length).toBeLessThanOrEqual(LONGEST_README);
});

describe.each(['en', 'es'] as const)('what the pages in "%s" name is there:', (language) => {
  const readme = readGuide(language);
  const code = readme.code.flat();

  test('scripts', () => {
    const named = [...readme.text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
    expect(named.length).toBeGreaterThan(5);
  });

  test('variables, commands and metrics', () => {
    const variables = code.filter((name) => /^[A-Z]+_[A-Z_]+(=|$)/.test(name)).map((name) => name.split('=')[0]);
    expect(variables.filter((name) => !VARIABLE_NAMES.some((known) => known === name))).toEqual([]);
    expect(variables.length).toBeGreaterThan(10);
    const commands = [...readme.text.matchAll(/npx valletpv-hub (\w+)/g)].map(([, name]) => name);
    expect(commands.filter((name) => !COMMANDS.some((known) => known === name))).toEqual([]);
  });

  test('pages and states of the panel', () => {
    const panel = readme.text.slice(readme.text.lastIndexOf('`/admin/`'));
    const pages = Object.values(frameWords.sections);
    expect(pages.filter((page) => !panel.includes(`**${page}**`))).toEqual([]);
    const states: string[] = [...Object.values(presence), ...Object.values(pushStates)];
    const italics = [...panel.matchAll(/(?<!\*)\*([^*\n]+(?:\n\s*[^*\n]+)?)\*(?!\*)/g)].map(([, words = '']) => words);
    expect(italics.map((words) => words.replaceAll(/\s+/g, ' ')).filter((words) => !states.includes(words))).toEqual(
      [],
    );
    expect(italics.length).toBe(5);
  });
});

test('every metric that it names is one of the hub', async () => {
  const hub = await startHub();
  await hub.tpv();
  const { body } = await hub.fetch('/metrics');
  const named = english.code.flat().filter((name) => name.startsWith('hub_'));
  expect(named.filter((name) => !body.includes(`# TYPE ${name} `))).toEqual([]);
  expect(named.length).toBeGreaterThan(7);
});

test('its pictures are those that the demo takes', { timeout: PROGRAMS_MS }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-pictures-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { code, stderr } = await runProcess(['demo/screenshots.ts', '--to', folder]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const shown = english.links.filter((link) => link.endsWith('.png')).map((link) => basename(link, '.png'));
  expect(shown.sort()).toEqual(PICTURES.toSorted());
  for (const name of PICTURES) {
    const [kept, taken] = [join(ROOT, 'docs', `${name}.png`), join(folder, `${name}.png`)].map((path) =>
      imageSize(readFileSync(path)),
    );
    expect(kept, name).toBeDefined();
    expect(taken, name).toEqual(kept);
  }
});

test('the demo plays its order', async () => {
  const line = english.commands('bash').find((command) => command.endsWith('--once'));
  const { code, stdout } = await runProcess(['-c', line ?? 'false'], { program: 'bash' });
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('report "completed" committed') });
});
