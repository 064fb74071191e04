import assert from 'node:assert/strict';
import { uninstallCommands } from './install-commands.ts';
import { say } from './say.ts';
import type { Installed } from './stage.ts';

/** What has nothing of the hub in it but names: the machine's own records. */
const RECORDS = ['/proc', '/sys', '/run', '/tmp', '/var/log', '/var/cache', '/root'];

/**
 * Takes the service away: what stays is said. Then the page's other commands take all the rest.
 * @throws Error with what is left
 */
export async function uninstall({ debian, tpv }: Installed): Promise<void> {
  tpv.close();
  const [first = '', ...rest] = uninstallCommands();
  const said = await debian.must(first);
  for (const line of said.trim().split('\n')) say(`  ${line}`);
  const kept = await leftovers(debian);
  const unsaid = kept.filter((path) => !pathsIn(said).some((one) => `${path}/`.startsWith(`${one}/`)));
  assert.deepEqual(unsaid, [], 'Uninstall leaves what it does not say');
  assert.match(said, /(usuario|user) valletpv\b/);
  await debian.must('id valletpv');
  say(`The service is gone; ${kept.length} things that it names stay.`);

  for (const command of rest) await debian.must(command);
  assert.deepEqual(await leftovers(debian), []);
  assert.notEqual((await debian.run('id valletpv')).code, 0);
  assert.equal((await debian.run('systemctl cat valletpv-hub')).code, 1);
  await debian.must('systemctl is-active --quiet caddy');
  say('Nothing of the hub is left.');
}

/** Whatever has the hub's name, or the domain's, or names it in the configuration of the machine. */
async function leftovers(debian: Installed['debian']): Promise<string[]> {
  const prune = RECORDS.map((path) => `-path ${path}`).join(' -o ');
  const named = `find / \\( ${prune} \\) -prune -o \\( -name '*valletpv*' -o -user valletpv \\) -print -prune`;
  const naming =
    "grep -rlI --exclude=hosts --exclude='passwd*' --exclude='group*' --exclude='shadow*' --exclude='gshadow*' --exclude='sub?id*' valletpv /etc";
  const said = await debian.must(`{ ${named}; ${naming}; } 2>/dev/null | sort -u`);
  return said.split('\n').filter(Boolean);
}

function pathsIn(said: string): string[] {
  return [...said.matchAll(/\/[\w./@-]+[\w]/g)].map(([path]) => path);
}
