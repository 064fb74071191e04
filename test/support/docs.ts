import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './process.ts';

/** One of the pages under docs/, as text. */
export function docsPage(name: string): string {
  return readFileSync(join(ROOT, 'docs', name), 'utf8');
}

/** What follows a heading, until the next one that is not below it. */
export function sectionOf(page: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 0;
  const start = page.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`There is no heading ${heading}`);
  const rest = page.slice(start + heading.length + 2);
  const end = new RegExp(`^#{1,${level}} `, 'm').exec(rest)?.index;
  return rest.slice(0, end);
}

/** The rows of all tables, cell by cell, without the heads; a `\|` is part of its cell. */
export function rowsOf(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  const isRule = (line: string | undefined) => /^\|[-|: ]+\|$/.test(line ?? '');
  return lines
    .filter((line, index) => !isRule(line) && !isRule(lines[index + 1]))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.replaceAll('\\|', '|').trim()),
    );
}

/** What stands between backticks. */
export function codeOf(text: string | undefined): string[] {
  return [...(text ?? '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** The repository's own text files of these patterns, by path. */
export function textFiles(patterns: readonly string[]): { path: string; text: string }[] {
  return patterns
    .flatMap((pattern) => globSync(pattern, { cwd: ROOT, exclude: (name) => /(^|\/)(node_modules|dist)$/.test(name) }))
    .filter((path) => statSync(join(ROOT, path)).isFile())
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** Whose comments and names are looked at. */
export const CODE_FILES: readonly string[] = [
  '{src,test,demo,panel,migrations}/**/*.{ts,tsx,js,cjs,mjs,css,html,sh}',
  'client-sdk/{src,examples}/**/*.{ts,js}',
  'deploy/**/*',
];
