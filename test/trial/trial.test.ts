import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, runProcess } from '../support/process.ts';
import { DOMAIN, installCommands, uninstallCommands } from './install-commands.ts';
import { refusal } from './refusal.ts';

const MAIN = 'test/trial/main.ts';
const SENTENCE = /^[^\n]+\n$/;

test('README takes at most six commands from a bare Debian to a TPV that can answer', () => {
  const commands = installCommands();
  expect(commands.length).toBeLessThanOrEqual(6);
  expect(commands.filter((command) => /&&|;|\||\\$/.test(command))).toEqual([]);
  expect(commands).toContain(`valletpv-hub setup --domain ${DOMAIN}`);
  expect(commands.at(-1)).toMatch(/^valletpv-hub tpv register /);
  // The other page in Spanish has the same (test/readme), and each is what the trial types.
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`\n${commands.join('\n')}\n`);
});

test('what ends a hub begins with the script, which says what stays', () => {
  const [first, ...rest] = uninstallCommands();
  expect(first).toBe('/opt/valletpv-hub/program/deploy/manage_webhook_service.sh uninstall');
  expect(rest.length).toBeGreaterThan(0);
});

test('the domain of the pages is the one that the Debian calls itself by', () => {
  expect(readFileSync(join(ROOT, 'test/trial/boot.sh'), 'utf8')).toContain(`DOMAIN=${DOMAIN}\n`);
});

test('it says what it does, and what it does not know, without booting anything', async () => {
  const help = await runProcess([MAIN, '--help']);
  expect(help).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('npm run trial:debian -- --suite'),
  });
  expect(await runProcess([MAIN, '--suite', 'woody'])).toEqual({
    code: 64,
    stdout: '',
    stderr: '--suite takes trixie or bookworm.\n',
  });
  const unknown = await runProcess([MAIN, '--sweet']);
  expect(unknown).toMatchObject({ code: 64, stdout: '', stderr: expect.stringMatching(SENTENCE) });
  // Its own Node is named by its path: the trial finds none of the programs that it needs.
  const bare = await runProcess([MAIN], { env: { PATH: '/nowhere' } });
  expect(bare).toMatchObject({ code: 69, stdout: '', stderr: expect.stringMatching(SENTENCE) });
});

test('a machine that can’t boot a Debian is told why in one sentence', () => {
  expect(refusal(1_000, '/nowhere')).toBe('The trial needs root, to boot a Debian: sudo npm run trial:debian');
  const missing = refusal(0, '/nowhere');
  expect(missing).toMatch(
    /^The trial needs apt-get, debootstrap, .*: apt-get install .*\bdebootstrap systemd-container\b/,
  );
  expect(missing).not.toContain('\n');
});
