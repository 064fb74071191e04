import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from '../../demo/port.ts';
import { certificate } from './certificate.ts';
import { debianProgram } from './debian.ts';
import { ROOT, startProcess } from './process.ts';

/** nginx with the site that operators install, on ports and with a certificate of its own; gone with the test. */
export interface Nginx {
  /** Without TLS; both by the site's name. */
  readonly http: string;
  readonly https: string;
  /** What a client has to trust, and where the name leads. */
  readonly client: { readonly ca: string; readonly lookup: LookupFunction };
  /** Where certbot puts what Let's Encrypt asks for. */
  readonly webRoot: string;
}

/** As the site has it. */
const NAME = 'valletpvbot.example';
const SITE = join(ROOT, 'deploy/nginx/valletpv-hub.conf');

/**
 * @param upstream the hub's URL
 * @param changes what the site of this test has otherwise
 */
export async function startNginx(
  upstream: string,
  changes: readonly (readonly [string, string])[] = [],
): Promise<Nginx> {
  const program = await debianProgram('nginx', 'nginx');
  const dir = mkdtempSync(join(tmpdir(), 'hub-nginx-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const webRoot = join(dir, 'www');
  mkdirSync(webRoot);
  const { key, cert } = await certificate(NAME);
  const [keyFile, certificateFile] = [join(dir, 'key.pem'), join(dir, 'certificate.pem')];
  writeFileSync(keyFile, key);
  writeFileSync(certificateFile, cert);
  const [httpPort, httpsPort] = [await freePort(), await freePort()];
  writeFileSync(
    join(dir, 'site.conf'),
    replaced(readFileSync(SITE, 'utf8'), [
      ['server 127.0.0.1:8100;', `server ${new URL(upstream).host};`],
      ['listen 80;', `listen 127.0.0.1:${httpPort};`],
      ['listen [::]:80;', ''],
      ['listen 443 ssl;', `listen 127.0.0.1:${httpsPort} ssl;`],
      ['listen [::]:443 ssl;', ''],
      ['/etc/letsencrypt/live/valletpvbot.example/fullchain.pem', certificateFile],
      ['/etc/letsencrypt/live/valletpvbot.example/privkey.pem', keyFile],
      ['root /var/www/html;', `root ${webRoot};`],
      ...changes,
    ]),
  );
  const config = join(dir, 'nginx.conf');
  writeFileSync(config, mainConfig(dir));
  const args = ['-e', 'stderr', '-p', dir, '-c', config];
  execFileSync(program, ['-t', '-q', ...args]);
  const nginx = startProcess(['-c', 'exec "$0" "$@" 2>&1', program, ...args], { program: '/bin/sh' });
  // It says so once it listens.
  await nginx.waitFor(/event method/);
  return {
    http: `http://${NAME}:${httpPort}`,
    https: `https://${NAME}:${httpsPort}`,
    client: { ca: cert.toString(), lookup: thisMachine },
    webRoot,
  };
}

/** Every name leads to this machine. */
export const thisMachine: LookupFunction = (_name, { all }, callback) => {
  const entry = { address: '127.0.0.1', family: 4 };
  if (all === true) callback(null, [entry]);
  else callback(null, entry.address, entry.family);
};

/** Debian's nginx.conf as far as the site depends on it, as one process, which ends when it is killed. */
function mainConfig(dir: string): string {
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
    daemon off;
    master_process off;
    pid ${dir}/nginx.pid;
    error_log stderr notice;
    events { worker_connections 768; }
    http {
      ${folders.map((name) => `${name}_temp_path ${dir}/${name};`).join('\n')}
      sendfile on;
      tcp_nopush on;
      gzip on;
      default_type application/octet-stream;
      access_log off;
      include ${dir}/site.conf;
    }`;
}

/** Each must be there: a test of a site that was not changed as meant would test something else. */
function replaced(text: string, changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`The nginx site has no ${from}`);
    return result.replaceAll(from, to);
  }, text);
}
