import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startHub } from '../support/hub.ts';
import { copyProject, npmEnv } from '../support/npm.ts';
import { ROOT, runProcess, startProcess } from '../support/process.ts';
import { expectReady } from '../support/ready.ts';
import { testFolder } from '../support/test-folder.ts';
import { PROGRAMS_MS } from '../support/within.ts';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

const folder = () => testFolder('package');

async function npm(args: string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await runProcess(args, { program: 'npm', cwd, env: npmEnv });
  expect({ args, code, stderr }).toMatchObject({ args, code: 0 });
  return stdout;
}

/** Packs a fresh clone; npm builds it first. */
async function pack(): Promise<{ tarball: string; files: string[] }> {
  const clone = folder();
  copyProject(clone);
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  // What the build says comes before the list.
  const said = await npm(['pack', '--json', '--pack-destination', clone], clone);
  const [{ filename, files }] = JSON.parse(said.slice(said.indexOf('[\n')));
  return { tarball: join(clone, filename), files: files.map(({ path }: { path: string }) => path) };
}

test('one package installs the hub for a machine: compiled, on PATH, with its Node', {
  timeout: PROGRAMS_MS,
}, async () => {
  const { tarball, files } = await pack();
  expect(files.filter((path) => /\.tsx?$|^(test|demo|client-sdk|migrations)\//.test(path))).toEqual([]);
  expect(files).toContain('deploy/manage_webhook_service.sh');

  const prefix = folder();
  await npm(['install', '--global', '--prefix', prefix, tarball], prefix);
  expect(readdirSync(join(prefix, 'bin'))).toEqual(['valletpv-hub']);
  const packages = readdirSync(join(prefix, 'lib/node_modules/valletpv-hub/node_modules'));
  expect(packages).toContain(`node-${process.platform}-${process.arch}`);
  expect(packages).not.toContain('typescript');

  const program = join(prefix, 'bin/valletpv-hub');
  const data = folder();
  const options = {
    program,
    cwd: data,
    env: {
      PATH: npmEnv.PATH ?? '',
      PORT: '0',
      DATABASE_URL: 'sqlite:./hub.db',
      TELEGRAM_BOT_TOKEN: '1:made-up',
      TELEGRAM_MODE: 'polling',
      TELEGRAM_API_ROOT: 'http://127.0.0.1:9',
    },
  };
  expect(await runProcess(['--help'], options)).toMatchObject({ code: 0, stderr: '' });
  const migrations = readdirSync(join(ROOT, 'migrations')).map((file) => file.replace(/\.ts$/, ''));
  const migrated = await runProcess(['migrate'], options);
  expect(migrated).toEqual({ code: 0, stderr: '', stdout: `Applied: ${migrations.sort().join(', ')}.\n` });

  const hub = startProcess(['serve'], options);
  const { address } = JSON.parse(`{${await hub.waitFor(/"address":"[^"]+"/)}}`);
  await expectReady(address);
  expect(await (await fetch(`${address}/metrics`)).text()).toContain(`version="${version}"`);
  const page = await (await fetch(`${address}/admin/`)).text();
  const [, script = ''] = /src="([^"]+\.m?js)"/.exec(page) ?? [];
  expect((await fetch(new URL(script, `${address}/admin/`))).status).toBe(200);
  // What the build wrote down is what the routes are.
  expect(files).toContain('dist/src/api/openapi.json');
  const documented = await (await startHub()).fetch('/docs/json');
  expect(await (await fetch(`${address}/docs/json`)).json()).toEqual(documented.body);
  expect(await (await fetch(`${address}/docs/yaml`)).text()).toMatch(/^openapi: 3\.1\.0\n/);
  hub.child.kill('SIGTERM');
  expect(await hub.ended).toBe(0);
  expect(hub.stdout).toContain('"msg":"closed"');
});
