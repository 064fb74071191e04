import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../demo/port.ts';
import { readConfig } from '../../src/config/config.ts';
import { VARIABLE_NAMES } from '../../src/config/environment.ts';
import { DEBIAN_INSTALL_MS, debianProgram } from '../support/debian.ts';
import { ROOT, runProcess } from '../support/process.ts';
import { readGuide } from '../support/readme.ts';
import { serviceScript } from '../support/service-script.ts';

/** The Spanish pages have the same ones; readme.test.ts looks. What is run here changes no machine. */
const readme = readGuide('en');
const lines = readme.commands('sh');
const SCRIPT = 'deploy/manage_webhook_service.sh ';
const DOMAIN = 'bot.made-up.example';
const SITE = readFileSync(join(ROOT, 'deploy/nginx/valletpv-hub.conf'), 'utf8');

beforeAll(async () => {
  await debianProgram('openssl', 'openssl');
}, DEBIAN_INSTALL_MS);

function lineWith(start: string): string {
  const line = lines.find((one) => one.startsWith(start));
  if (line === undefined) throw new Error(`No page has a line that begins with ${start}`);
  return line;
}

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hub-readme-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('every program that the installation uses is Debian’s from the start, or installed by its first step', () => {
  const base = [
    'apt-get',
    'install',
    'sed',
    'ln',
    'rm',
    'cd',
    'systemctl',
    'nano',
    'deploy/manage_webhook_service.sh',
    'valletpv-hub',
    'userdel',
    '/opt/valletpv-hub/program/deploy/manage_webhook_service.sh',
  ];
  const packageOf = (program: string) => (program === 'npx' ? 'npm' : program);
  const packages = lines.flatMap((line) => /^apt-get .*install -y (.+)/.exec(line)?.[1]?.split(' ') ?? []);
  const programs = lines
    .flatMap((line) => line.split(' && '))
    .map((command) => command.split(' ')[0] ?? '')
    .filter((program) => !program.includes('=') && program !== 'docker' && !base.includes(program));
  const missing = programs.filter((program) => !packages.includes(packageOf(program)));
  expect(missing).toEqual([]);
  expect(packages).toContain('nodejs');
});

test('its lines for the service are what the script knows, and work in their order', async () => {
  const script = serviceScript();
  script.writeEnv({ PORT: String(await freePort()), TELEGRAM_BOT_TOKEN: '1:made-up', TELEGRAM_MODE: 'polling' });
  // What upgrade does with a package is in test/deploy/upgrade.test.ts.
  const asked = lines.filter((line) => line.startsWith(SCRIPT) && !line.startsWith(`${SCRIPT}upgrade `));
  for (const line of asked) {
    const { code, stderr } = await script.run(...line.slice(SCRIPT.length).split(' '));
    expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: '' });
  }
  expect(asked.length).toBeGreaterThan(6);
});

test('nginx gets a site for the own domain, at the certificate that certbot writes', async () => {
  const [sed = '', path = ''] = lineWith('sed ').split(' > ');
  const env = { DOMAIN };
  const { code, stdout } = await runProcess(['-c', sed], { program: 'bash', env, cwd: ROOT });
  expect({ code, left: stdout.includes('valletpvbot') }).toEqual({ code: 0, left: false });
  expect(stdout).toContain(`server_name ${DOMAIN};`);
  expect(stdout).toContain(`/etc/letsencrypt/live/${DOMAIN}/fullchain.pem`);

  const [, target = '', link = ''] = /^ln -s (\S+) (\S+)$/.exec(lineWith('ln ')) ?? [];
  expect(resolve(link, target)).toBe(path);
  const webroot = / -w (\S+) /.exec(lineWith('certbot '))?.[1];
  expect(SITE).toContain(`root ${webroot};`);
  expect(SITE).toContain(`certbot certonly --webroot -w ${webroot}`);
});

test('the configuration that it begins with is for its owner alone, and holds what the hub asks for', async () => {
  const folder = place();
  copyFileSync(join(ROOT, '.env.example'), join(folder, '.env.example'));
  execFileSync('sh', ['-c', lineWith('install ')], { cwd: folder });
  expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);

  const secret = execFileSync('sh', ['-c', lineWith('openssl ')], { encoding: 'utf8' }).trim();
  const ini = parseEnv(readme.blocks.find(({ language }) => language === 'ini')?.text ?? '');
  expect(Object.keys(ini).filter((name) => !VARIABLE_NAMES.some((known) => known === name))).toEqual([]);
  const filled = { ...ini, TELEGRAM_BOT_TOKEN: '1:made-up', TELEGRAM_WEBHOOK_SECRET: secret };
  expect(readConfig({ ...parseEnv(readFileSync(join(folder, '.env'), 'utf8')), ...filled })).toMatchObject(filled);
});

test('its line for Docker is the one of the composition', () => {
  expect(readFileSync(join(ROOT, 'deploy/compose.yaml'), 'utf8')).toContain(`#   ${lineWith('docker ')}\n`);
});

test('there is no other line, but what copies the program and what a machine does itself', () => {
  const checked =
    /^(deploy\/manage_webhook_service\.sh|apt-get|sed|ln|certbot|install|openssl|docker|npx valletpv-hub) /;
  const rest = lines.filter((line) => !checked.test(line));
  expect([...new Set(rest)]).toEqual([
    // test/trial does the next four on a bare Debian, and uninstalls.
    'npm install -g ./valletpv-hub-1.2.0.tgz',
    'valletpv-hub setup --domain valletpvbot.example',
    'cd /opt/valletpv-hub',
    'valletpv-hub tpv register "Bar La Esquina" --endpoint-url http://localhost:8001',
    'DOMAIN=valletpvbot.example',
    'git clone REPOSITORY /opt/valletpv-hub',
    'npm ci',
    'rm -f /etc/nginx/sites-enabled/default',
    // test/deploy/nginx.test.ts runs nginx with this site.
    'nginx -t && systemctl reload nginx',
    'nano .env',
    'git pull',
    '/opt/valletpv-hub/program/deploy/manage_webhook_service.sh uninstall',
    'npm uninstall -g valletpv-hub',
    'userdel valletpv',
    'rm -rf /var/lib/caddy/.local/share/caddy/certificates/*/valletpvbot.example',
    'rm -rf /opt/valletpv-hub',
  ]);
});
