import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from '../../demo/port.ts';
import { serviceScript } from '../support/service-script.ts';
import { testFolder } from '../support/test-folder.ts';

const CADDYFILE = ':80 {\n\tfile_server\n}\n';

test('uninstall takes the site that setup gave Caddy away, and says where its certificate is', async () => {
  const caddy = testFolder('caddy');
  const data = testFolder('caddy-data');
  const certificate = join(data, 'certificates/some-authority/bot.made-up.example');
  mkdirSync(certificate, { recursive: true });
  mkdirSync(join(data, 'certificates/some-authority/other.example'));
  const site = join(caddy, 'valletpv-hub.caddy');
  writeFileSync(site, '# The hub.\nbot.made-up.example {\n\treverse_proxy 127.0.0.1:8100 {\n\t}\n}\n');
  writeFileSync(join(caddy, 'Caddyfile'), `${CADDYFILE}\nimport ${site}\n`);
  const script = serviceScript({ CADDY_DIR: caddy, CADDY_DATA: data });
  script.writeEnv({ PORT: String(await freePort()), TELEGRAM_BOT_TOKEN: '1:made-up', TELEGRAM_MODE: 'polling' });
  expect(await script.run('install')).toMatchObject({ code: 0, stderr: '' });
  script.changes();

  const { code, stdout, stderr } = await script.run('uninstall');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(script.changes()).toEqual([
    'systemctl disable --quiet --now valletpv-hub',
    'systemctl daemon-reload',
    'systemctl reload caddy',
  ]);
  expect(existsSync(site)).toBe(false);
  expect(readFileSync(join(caddy, 'Caddyfile'), 'utf8').trimEnd()).toBe(CADDYFILE.trimEnd());
  expect(stdout).toContain(`(${site})`);
  expect(stdout).toContain(certificate);
  expect(stdout).not.toContain('other.example');
});
