import { chromiumPath } from './browser.ts';
import { debianProgram } from './debian.ts';

/**
 * Installs what the tests run besides Node, before they begin: tests run side by side, and one must not start a program
 * that is being unpacked for another. What can't be installed is said here, and by the tests that need it.
 */
const TOOLS: Readonly<Record<string, () => Promise<string>>> = {
  Chromium: chromiumPath,
  nginx: () => debianProgram('nginx', 'nginx'),
  shellcheck: () => debianProgram('shellcheck', 'shellcheck'),
  openssl: () => debianProgram('openssl', 'openssl'),
  'systemd-analyze': () => debianProgram('systemd-analyze', 'systemd'),
  promtool: () => debianProgram('promtool', 'prometheus'),
};

for (const [name, find] of Object.entries(TOOLS)) {
  const found = await find().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  process.stdout.write(`${name}: ${found}\n`);
}
