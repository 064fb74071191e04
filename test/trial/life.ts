import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { until } from './debian.ts';
import { writeAndWait } from './restaurant.ts';
import { say } from './say.ts';
import type { Installed } from './stage.ts';

/** The versions that come after the one of README. */
export interface Upgrades {
  good: string;
  broken: string;
}

const SCRIPT = 'program/deploy/manage_webhook_service.sh';
const HUB = 'cd /opt/valletpv-hub && ';

/** The machine restarts; the hub comes by itself, and has what was written meanwhile. */
export async function reboot({ debian, person }: Installed): Promise<void> {
  const restarted = debian.reboot();
  await writeAndWait(person, '¿Estáis?');
  await restarted;
  await debian.must('systemctl is-active --quiet valletpv-hub caddy');
  say('Rebooted: the hub came back by itself, and answered what was written meanwhile.');
}

/** A good version takes over, and a broken one gives way to the one before, with its data. */
export async function upgrade(stage: Installed, { good, broken }: Upgrades): Promise<void> {
  const { debian, person } = stage;
  await debian.must(`${HUB}${SCRIPT} upgrade ${good}`);
  assert.equal(await versionOf(stage), versionIn(good));
  await writeAndWait(person, 'Con la nueva');
  say(`Upgraded to ${versionIn(good)}.`);

  const { code, said } = await debian.run(`${HUB}${SCRIPT} upgrade ${broken}`);
  assert.notEqual(code, 0, `The broken version was taken:\n${said}`);
  for (const line of said.trim().split('\n')) say(`  ${line}`);
  assert.match(said, /(runs again, with its data|Vuelve a estar en marcha la versión de antes, con sus datos)/);
  assert.equal(await versionOf(stage), versionIn(good));
  await writeAndWait(person, 'Tras la rota');
  assert.deepEqual(await tpvsOf(stage), ['Bar La Esquina']);
  const { waiting, unknown } = JSON.parse(await debian.must(`${HUB}valletpv-hub migrate --status --json`));
  assert.deepEqual({ waiting, unknown }, { waiting: [], unknown: [] });
  say(`A broken version gave way to ${versionIn(good)}, with its data.`);
}

/** What was there when a copy was made comes back by the copy's name, and nothing else. */
export async function backup(stage: Installed): Promise<void> {
  const { debian, person } = stage;
  let name: string | undefined;
  await until('The hub made no copy by itself', async () => {
    const { items } = JSON.parse(await debian.must(`${HUB}valletpv-hub backup list --json`));
    name = items[0]?.name;
    return name !== undefined;
  });
  await debian.must(`${HUB}valletpv-hub tpv register "Bar Nuevo" --endpoint-url http://localhost:8002`);
  assert.deepEqual(await tpvsOf(stage), ['Bar La Esquina', 'Bar Nuevo']);
  await debian.must(`${HUB}${SCRIPT} stop`);
  await debian.must(`${HUB}valletpv-hub restore ${name}`);
  await debian.must(`${HUB}${SCRIPT} start`);
  assert.deepEqual(await tpvsOf(stage), ['Bar La Esquina']);
  await writeAndWait(person, 'Tras la copia');
  say(`Restored ${name}, which the hub had made by itself.`);
}

/** Puts a package where the Debian's root has it. */
export function hand({ debian }: Pick<Installed, 'debian'>, tarball: string, name: string): string {
  copyFileSync(tarball, debian.path(`/root/${name}`));
  return `/root/${name}`;
}

async function tpvsOf({ debian }: Installed): Promise<string[]> {
  const { tpvs } = JSON.parse(await debian.must(`${HUB}valletpv-hub tpv list --json`));
  return tpvs.map(({ name }: { name: string }) => name).sort();
}

/** What the service runs, by its own word. */
async function versionOf(_: Installed): Promise<string | undefined> {
  const text = await (await fetch('http://127.0.0.1:8100/metrics')).text();
  return /version="(\d[^"]*)"/.exec(text)?.[1];
}

function versionIn(file: string): string {
  return /valletpv-hub-(.+)\.tgz$/.exec(file)?.[1] ?? '';
}
