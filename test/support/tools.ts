import { chromiumPath } from './browser.ts';
import { debianProgram } from './debian.ts';
import { pythonOfChecks } from './python.ts';

/**
 * Installs what the tests run besides Node, before they begin: tests run side by side, and one must not start a program
 * that is being unpacked for another. What is about to be installed is said first; what can't be, in one sentence at the
 * end, and by the tests that need it. TEST_TOOLS=installed forbids it to install.
 */
const TOOLS: Readonly<Record<string, () => Promise<string>>> = {
  Chromium: chromiumPath,
  nginx: () => debianProgram('nginx', 'nginx'),
  Caddy: () => debianProgram('caddy', 'caddy'),
  shellcheck: () => debianProgram('shellcheck', 'shellcheck'),
  openssl: () => debianProgram('openssl', 'openssl'),
  'systemd-analyze': () => debianProgram('systemd-analyze', 'systemd'),
  'a C compiler': () => debianProgram('cc', 'build-essential'),
  strace: () => debianProgram('strace', 'strace'),
  promtool: () => debianProgram('promtool', 'prometheus'),
  'Python with what its client is checked with': pythonOfChecks,
};

const missing: string[] = [];
for (const [name, find] of Object.entries(TOOLS)) {
  const found = await find().catch((error: unknown) => {
    missing.push(name);
    return error instanceof Error ? error.message : String(error);
  });
  process.stdout.write(`${name}: ${found}\n`);
}
if (missing.length > 0) {
  process.stderr.write(`The tests need what is not on this machine: ${missing.join(', ')}.\n`);
  process.exitCode = 1;
}
