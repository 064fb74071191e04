import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { installCommands } from './install-commands.ts';
import { connectTpv, writeAndWait } from './restaurant.ts';
import { say } from './say.ts';
import type { Installed, Stage } from './stage.ts';

/** What is promised to who installs it. */
const MOST_COMMANDS = 6;
const MOST_SECONDS = 300;
const MOST_MEGABYTES = 150;
const CADDYFILE = '/etc/caddy/Caddyfile';
const ACME_ROOT = '/usr/local/share/trial-acme.pem';

/**
 * Types README's commands, word by word, and has a person get the first answer.
 * @returns the hub, and what of the promises was missed: the life of the hub can be tried all the same
 * @throws Error if a command fails, or no answer comes
 */
export async function install({ debian, world, person }: Stage): Promise<Installed> {
  const commands = installCommands();
  const packagesBefore = await packagesOf(debian);
  const startedAt = performance.now();
  let said = '';
  for (const command of commands) {
    const asksToken = command.startsWith('valletpv-hub setup ');
    const token = asksToken ? { after: 'BotFather', text: `${world.telegram.token}\n` } : undefined;
    const before = performance.now();
    said = await debian.must(command, token);
    say(`${command}   (${Math.ceil((performance.now() - before) / 1_000)} s)`);
    if (asksToken) for (const line of said.trim().split('\n')) say(`  ${line.trimEnd()}`);
    if (existsSync(debian.path(CADDYFILE))) useTrialAuthority({ debian, world });
  }
  // The id, the key, and the secret.
  const [, apiKey] = said.match(/[\w-]{30,}/g) ?? [];
  assert(apiKey, `The last command shows no key:\n${said}`);
  const tpv = await connectTpv(apiKey);
  await writeAndWait(person, 'Hola');
  const seconds = (performance.now() - startedAt) / 1_000;
  const { program, node } = await megabytesOf(debian);
  const packages = (await packagesOf(debian)) - packagesBefore;
  say(`The first answer came: ${commands.length} commands, ${Math.ceil(seconds)} s.`);
  say(`The program takes ${program} MB, its Node ${node} MB more; ${packages} packages of Debian came along.`);
  const missed = [
    ...(commands.length > MOST_COMMANDS ? [`${commands.length} commands are more than ${MOST_COMMANDS}`] : []),
    ...(seconds > MOST_SECONDS ? [`${Math.ceil(seconds)} s are more than ${MOST_SECONDS}`] : []),
    ...(program > MOST_MEGABYTES ? [`${program} MB are more than ${MOST_MEGABYTES}`] : []),
  ];
  return { debian, world, person, tpv, missed };
}

/** A server on the internet needs no such lines: Let's Encrypt gives its certificate. */
function useTrialAuthority({ debian, world }: Pick<Stage, 'debian' | 'world'>): void {
  const file = debian.path(CADDYFILE);
  const text = readFileSync(file, 'utf8');
  if (text.includes('acme_ca')) return;
  writeFileSync(debian.path(ACME_ROOT), world.acmeRoot);
  writeFileSync(file, `{\n\tacme_ca ${world.acmeUrl}\n\tacme_ca_root ${ACME_ROOT}\n}\n\n${text}`);
}

async function packagesOf(debian: Stage['debian']): Promise<number> {
  return Number(await debian.must('dpkg-query --show | wc -l'));
}

async function megabytesOf(debian: Stage['debian']): Promise<{ program: number; node: number }> {
  const sizes = async (what: string) => Number((await debian.must(`du -smc ${what} | tail -n 1 | cut -f 1`)).trim());
  const folder = '/opt/valletpv-hub/program/';
  const node = await sizes(`${folder}node_modules/node-linux-*/bin/node`);
  return { program: (await sizes(folder)) - node, node };
}
