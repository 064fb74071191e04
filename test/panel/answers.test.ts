import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startHub } from '../support/hub.ts';
import { ROOT } from '../support/process.ts';

test('the hub answers at every path that the panel knows the answer of', async () => {
  const hub = await startHub();
  const { body } = await hub.fetch('/docs/json');
  const paths = Object.entries<object>(body.paths)
    .filter(([, methods]) => 'get' in methods)
    .map(([path]) => path.replace(/\{\w+\}/g, ':id'));
  const answers = readFileSync(join(ROOT, 'panel/answers.ts'), 'utf8');
  const known = [...answers.matchAll(/^ {2}'([^']+)':/gm)].map(([, path]) => path);
  expect(known.length).toBeGreaterThan(15);
  expect(known.filter((path) => !paths.includes(String(path)))).toEqual([]);
});
