import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type Emulator, startEmulator } from '../../demo/emulator/mod.ts';
import { until } from './debian.ts';

const EMULATOR_PORT = 8081;
const ACME_PORT = 14_000;
const ACME_MANAGEMENT_PORT = 15_000;

/** What is played of the world outside: Telegram, and who gives certificates. */
export interface World {
  telegram: Emulator;
  /** Where a Caddy asks for certificates. */
  acmeUrl: string;
  /** Who signed the certificate of that place; PEM. */
  acmeRoot: string;
  /** Who signs the certificates that it gives; PEM. */
  root: string;
  close(): Promise<void>;
}

/**
 * Starts Telegram's emulator, and Debian's pebble, which gives certificates as Let's Encrypt does: it asks the domain's
 * port 80 or 443 first. This program trusts what it signs from then on.
 */
export async function startWorld(): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'trial-world-'));
  let pebble: ChildProcess | undefined;
  try {
    const own = selfSigned(dir);
    const config = join(dir, 'pebble.json');
    writeFileSync(config, JSON.stringify({ pebble: pebbleConfig(own) }));
    pebble = spawn('pebble', ['-config', config], { stdio: 'ignore' });
    pebble.on('error', () => {});
    const acmeRoot = readFileSync(own.certificate, 'utf8');
    trust(acmeRoot);
    let root = '';
    await until('pebble did not answer', async () => {
      root = await textOf(`https://localhost:${ACME_MANAGEMENT_PORT}/roots/0`);
      return root !== '';
    });
    trust(root);
    const telegram = await startEmulator({ port: EMULATOR_PORT });
    const child = pebble;
    const close = async () => {
      await telegram.close();
      await end(child);
      rmSync(dir, { recursive: true, force: true });
    };
    return { telegram, acmeUrl: `https://localhost:${ACME_PORT}/dir`, acmeRoot, root, close };
  } catch (error) {
    if (pebble !== undefined) await end(pebble);
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
}

function pebbleConfig({ certificate, key }: { certificate: string; key: string }) {
  return {
    listenAddress: `127.0.0.1:${ACME_PORT}`,
    managementListenAddress: `127.0.0.1:${ACME_MANAGEMENT_PORT}`,
    certificate,
    privateKey: key,
    httpPort: 80,
    tlsPort: 443,
    ocspResponderURL: '',
    externalAccountBindingRequired: false,
  };
}

function selfSigned(dir: string): { certificate: string; key: string } {
  const [key, certificate] = [join(dir, 'key.pem'), join(dir, 'certificate.pem')];
  const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync('openssl', [...kind, ...name, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  return { certificate, key };
}

function trust(pem: string): void {
  setDefaultCACertificates([...getCACertificates('default'), pem]);
}

async function textOf(url: string): Promise<string> {
  const answer = await fetch(url).catch(() => undefined);
  return answer?.ok ? answer.text() : '';
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
