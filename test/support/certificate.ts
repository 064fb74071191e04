import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianProgram } from './debian.ts';

/**
 * A certificate for 127.0.0.1 that is signed by itself, and its key; PEM.
 * @param name for which it is, too
 */
export async function certificate(name?: string): Promise<{ key: Buffer; cert: Buffer }> {
  const dir = mkdtempSync(join(tmpdir(), 'certificate-'));
  try {
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const alternatives = ['IP:127.0.0.1', ...(name === undefined ? [] : [`DNS:${name}`])].join(',');
    const names = ['-subj', '/CN=127.0.0.1', '-addext', `subjectAltName=${alternatives}`];
    const openssl = await debianProgram('openssl', 'openssl');
    execFileSync(openssl, [...kind, ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(dir, { recursive: true });
  }
}
