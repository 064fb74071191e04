import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/command.ts';
import { readConfig } from '../../src/config/config.ts';
import { VARIABLE_NAMES } from '../../src/config/environment.ts';
import { EXIT } from '../../src/process/exit.ts';
import { codeOf, docsPage, rowsOf, sectionOf } from '../support/docs.ts';
import { ROOT } from '../support/process.ts';

const page = docsPage('environment.md');
const variables = rowsOf(sectionOf(page, '## Variables'));
const example = readFileSync(join(ROOT, '.env.example'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

test('the variables are those of the code, in its order, on the page and in .env.example', () => {
  expect(variables.map(([name]) => codeOf(name)[0])).toEqual(VARIABLE_NAMES);
  expect([...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name)).toEqual(VARIABLE_NAMES);
});

test('the defaults are those of the code, on the page and in .env.example', () => {
  const required = { TELEGRAM_BOT_TOKEN: '1:made-up', TELEGRAM_WEBHOOK_SECRET: 'made-up-for-the-test' };
  const config: Record<string, unknown> = readConfig(required);
  const shown = (name: string) => {
    const value = config[name];
    return value === undefined || name in required || (Array.isArray(value) && value.length === 0) ? '' : String(value);
  };
  const expected = Object.fromEntries(VARIABLE_NAMES.map((name) => [name, shown(name)]));
  const documented = variables.map(([name, cell]) => [codeOf(name)[0], codeOf(cell)[0] ?? '']);
  expect(Object.fromEntries(documented)).toEqual(expected);
  expect(parseEnv(example)).toEqual(expected);
});

test('commands, exit codes and npm scripts are those of the program', () => {
  const commandLine = sectionOf(page, '## Command line');
  const words = rowsOf(commandLine).flatMap(([cell]) => codeOf(cell).map((code) => code.split(' ')[0]));
  expect([...new Set(words)].sort()).toEqual([...COMMANDS].sort());
  const codes = rowsOf(commandLine)
    .map(([cell = '']) => cell)
    .filter((cell) => /^\d+$/.test(cell));
  expect(codes.map(Number)).toEqual(Object.values(EXIT));
  const named = rowsOf(sectionOf(page, '## npm scripts'))
    .flatMap(([cell]) => codeOf(cell))
    // What stands in a workspace is its own.
    .filter((code) => !code.includes(' -w '))
    .map((code) => /^npm (?:run )?([\w:]+)$/.exec(code)?.[1]);
  expect(named.sort()).toEqual(
    Object.keys(scripts)
      .filter((name) => !OWN.includes(name))
      .sort(),
  );
});

/** Scripts for npm itself and for other scripts. */
const OWN = ['pm', 'prepare'];
