import { readFileSync, writeFileSync } from 'node:fs';
import { Debian } from './debian.ts';
import { install } from './install.ts';
import { DOMAIN, installCommands } from './install-commands.ts';
import { backup, hand, reboot, upgrade } from './life.ts';
import { packVersion } from './packages.ts';
import { newPerson } from './restaurant.ts';
import { say } from './say.ts';
import { uninstall } from './uninstall.ts';
import { startWorld } from './world.ts';

// What boot.sh runs beside the Debian: a hub's life there, from README's first command to the last one of uninstall.

const ROOTS = '/usr/local/share/trial-roots.pem';
const [tarball = ''] = process.argv.slice(2);

const world = await startWorld();
try {
  const debian = new Debian(process.env.DEBIAN_ROOT ?? '', {
    TELEGRAM_API_ROOT: world.telegram.apiRoot,
    // For doctor, which asks the domain as the world does.
    NODE_EXTRA_CA_CERTS: ROOTS,
  });
  writeFileSync(debian.path(ROOTS), world.root);
  say(`Debian ${readFileSync(debian.path('/etc/debian_version'), 'utf8').trim()} is ${await debian.started()}.`);
  const version = (wanted: string, isBroken = false) => {
    packVersion(tarball, wanted, `${tarball}-${wanted}`, isBroken);
    return hand({ debian }, `${tarball}-${wanted}`, `valletpv-hub-${wanted}.tgz`);
  };
  const [, named = ''] = /valletpv-hub-(\S+)\.tgz/.exec(installCommands().join('\n')) ?? [];
  version(named);
  const installed = await install({ debian, world, person: newPerson(world.telegram) });
  await reboot(installed);
  await upgrade(installed, { good: version('90.0.0'), broken: version('91.0.0', true) });
  await backup(installed);
  await uninstall(installed);
  for (const what of installed.missed) say(`Promised otherwise: ${what}.`);
  if (installed.missed.length === 0) say(`All of it holds, at https://${DOMAIN} with certificates of pebble.`);
  else process.exitCode = 1;
} finally {
  await world.close();
}
