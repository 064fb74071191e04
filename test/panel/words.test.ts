import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as english from '../../panel/words/en/mod.ts';

const FOLDER = join(import.meta.dirname, '../../panel/words');
/** What no English text has, but for names: letters, marks and words of Spanish. */
const SPANISH = /[áéíóúñ¿¡«»]|\b(el|la|los|las|una?|que|de|del|con|por|para|no se|sin|y)\b/i;

/** Every text of the panel in Spanish, by its name; functions are called with what stands for their parameters. */
async function spanish(): Promise<Map<string, unknown>> {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && !/^(language|worded)\.ts$/.test(name));
  const modules: Record<string, unknown>[] = await Promise.all(files.map((name) => import(join(FOLDER, name))));
  // What is no catalogue finds something in one (`reasonText`).
  const entries = modules.flatMap((one) => Object.entries(one)).filter(([name]) => name !== 'reasonText');
  return new Map(entries);
}

/** The places of a catalogue, and what stands at each. */
function leaves(value: unknown, path: string): [path: string, leaf: unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}

test('every catalogue is there in English, with the same places and as many parameters', async () => {
  const catalogues = await spanish();
  expect(catalogues.size).toBeGreaterThan(40);
  expect([...catalogues.keys()].sort()).toEqual(Object.keys(english).sort());
  // Spanish needs no sentence for a code of the hub, which says it in Spanish by itself.
  const shapeOf = (value: unknown, name: string) =>
    leaves(value, name)
      .filter(([path]) => !path.startsWith('errorWords.codes'))
      .map(([path, leaf]) => `${path}: ${typeof leaf}`);
  for (const [name, catalogue] of catalogues) {
    expect(shapeOf((english as Record<string, unknown>)[name], name)).toEqual(shapeOf(catalogue, name));
  }
});

test('no text in English is in Spanish', () => {
  const texts = leaves(english, 'en').flatMap(([path, leaf]) => (typeof leaf === 'string' ? [[path, leaf]] : []));
  expect(texts.length).toBeGreaterThan(700);
  expect(texts.filter(([, text = '']) => SPANISH.test(text))).toEqual([]);
});
