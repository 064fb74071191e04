import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from '../../demo/port.ts';
import { certificate } from './certificate.ts';
import { debianProgram } from './debian.ts';
import { type Nginx, thisMachine } from './nginx.ts';
import { ROOT, startProcess } from './process.ts';

/** As the site has it. */
const NAME = 'valletpvbot.example';
const SITE = join(ROOT, 'deploy/caddy/valletpv-hub.caddy');

/** Without HTTP/3: a test's port is held against others by UDP. */
const GLOBAL = '{\n\tadmin off\n\tauto_https disable_redirects\n\tservers {\n\t\tprotocols h1 h2\n\t}\n}\n';

/**
 * Caddy with the site that operators install, on a port and with a certificate of its own; gone with the test.
 * @param upstream the hub's URL
 */
export async function startCaddy(upstream: string): Promise<Pick<Nginx, 'https' | 'client'>> {
  const program = await debianProgram('caddy', 'caddy');
  const dir = mkdtempSync(join(tmpdir(), 'hub-caddy-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const { key, cert } = await certificate(NAME);
  const [keyFile, certificateFile] = [join(dir, 'key.pem'), join(dir, 'certificate.pem')];
  writeFileSync(keyFile, key);
  writeFileSync(certificateFile, cert);
  const port = await freePort();
  const site = readFileSync(SITE, 'utf8');
  for (const part of [`\n${NAME} {\n`, '127.0.0.1:8100']) {
    if (!site.includes(part)) throw new Error(`The Caddy site has no ${part}`);
  }
  const changed = site
    .replace(`\n${NAME} {\n`, `\n${NAME}:${port} {\n\tbind 127.0.0.1\n\ttls ${certificateFile} ${keyFile}\n`)
    .replaceAll('127.0.0.1:8100', new URL(upstream).host);
  writeFileSync(join(dir, 'site.caddy'), changed);
  writeFileSync(join(dir, 'Caddyfile'), `${GLOBAL}import ${dir}/site.caddy\n`);
  const args = ['run', '--adapter', 'caddyfile', '--config', join(dir, 'Caddyfile')];
  const caddy = startProcess(['-c', 'exec "$0" "$@" 2>&1', program, ...args], {
    program: '/bin/sh',
    // What it keeps.
    env: { HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir },
  });
  // It says so once it listens.
  await caddy.waitFor(/serving initial configuration/);
  return { https: `https://${NAME}:${port}`, client: { ca: cert.toString(), lookup: thisMachine } };
}
