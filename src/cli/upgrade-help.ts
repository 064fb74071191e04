import type { CommandHelp } from './command.ts';

/** How `upgrade` is called. */
export const UPGRADE_HELP: CommandHelp = {
  options: { 'have-copy': { type: 'boolean' }, undo: { type: 'boolean' } },
  takesWords: true,
  help: `Usage: valletpv-hub upgrade <valletpv-hub-x.y.z.tgz> [--have-copy] [--json]
       valletpv-hub upgrade --undo [--json]

Brings the version in a package into the place of the one that runs as a service; run it in the hub's folder, as root.

While the hub serves, the new version is installed beside it (releases/<version>), and tried: whether it takes .env,
starts, and brings a copy of the database up to date. Then the hub stops, its SQLite database is copied if the new
version changes it, and the new version starts. It has 60 s to be ready. Whatever fails, or ends this command, the old
version runs again with its data. Telegram keeps what comes meanwhile, and TPVs come back by themselves.

  --have-copy  For PostgreSQL, of which the hub makes no copy: you made one (pg_dump), and the new version may change it.
  --undo       Ends what a power cut interrupted: a new version that works stays, else the one before runs again.

The version before stays in releases/, the database before in <database>.before-upgrade-<time> until the next upgrade.
`,
};
