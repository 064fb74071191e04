import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const EXAMPLE = 'valletpvbot.example';
const FILE = 'valletpv-hub.caddy';

/**
 * Gives Caddy its site, and has its Caddyfile import it.
 * @param caddy Debian's /etc/caddy
 * @returns whether Caddy is there
 */
export function writeCaddySite(program: string, caddy: string, domain: string): boolean {
  const main = join(caddy, 'Caddyfile');
  if (!existsSync(main)) return false;
  const site = readFileSync(join(program, 'deploy/caddy', FILE), 'utf8').replaceAll(EXAMPLE, domain);
  replace(join(caddy, FILE), site);
  const text = readFileSync(main, 'utf8');
  const line = `import ${join(caddy, FILE)}`;
  if (!text.split('\n').includes(line)) replace(main, `${text.trimEnd()}\n\n${line}\n`);
  return true;
}

/** Caddy may read it at any moment. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o644 });
  renameSync(`${file}.new`, file);
}
