import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT, runProcess } from './process.ts';

const ASK = `
  const { debianProgram } = await import('${join(ROOT, 'test/support/debian.ts')}');
  console.log(await debianProgram('no-such-program', 'no-such-package'));
`;

/** Asks on a machine whose lock, and thereby whatever would run under it, is this program. */
function askedWith(dir: string, flock: string, env: Record<string, string> = {}) {
  writeFileSync(join(dir, 'flock'), `#!/bin/sh\n${flock}\n`, { mode: 0o755 });
  writeFileSync(join(dir, 'apt-get'), '', { mode: 0o755 });
  return runProcess(['--input-type=module', '-e', ASK], { env: { PATH: dir, ...env } });
}

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hub-debian-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

test('a program that a test needs and nobody can install is named, with its package', async () => {
  const { code, stderr } = await askedWith(folder(), 'echo "E: no network" >&2; exit 100');
  expect(code).toBe(1);
  expect(stderr).toMatch(/These tests need no-such-program.*apt-get install no-such-package/);
});

test('TEST_TOOLS=installed names what is missing, and installs nothing', async () => {
  const dir = folder();
  const path = join(dir, 'no-such-program');
  const { code, stderr } = await askedWith(dir, `: >${path}; /bin/chmod +x ${path}`, { TEST_TOOLS: 'installed' });
  expect(code).toBe(1);
  expect(stderr).toMatch(/no-such-program, which is not here, and TEST_TOOLS=installed forbids .* no-such-package/);
});

// Whoever is not root is told before anything is run.
test.runIf(process.getuid?.() === 0)('a program that a test needs is installed where it is missing', async () => {
  const dir = folder();
  const path = join(dir, 'no-such-program');
  const made = await askedWith(
    dir,
    `[ "$3 $4" = "no-such-program no-such-package" ] && : >${path} && /bin/chmod +x ${path}`,
  );
  expect(made.stderr).toMatch(
    /^no-such-program is missing, and is installed now by apt-get install no-such-package; .+\n$/,
  );
  expect(made.stdout).toBe(`${path}\n`);
});
