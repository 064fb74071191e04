import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/process.ts';

test('every style sheet of the panel is part of the one that its page loads', () => {
  const folder = join(ROOT, 'panel/styles');
  const whole = readFileSync(join(folder, 'panel.css'), 'utf8');
  const imported = [...whole.matchAll(/^@import "\.\/([\w-]+\.css)";$/gm)].map(([, name]) => name);
  expect(imported.sort()).toEqual(readdirSync(folder).filter((name) => name !== 'panel.css'));
});
