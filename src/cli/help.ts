/** What the command line can do, by command. */
export const COMMANDS = ['serve', 'migrate', 'tpv'] as const;
export type CommandName = (typeof COMMANDS)[number];

export const HELP = `ValleTPV Hub: between one Telegram bot and the TPVs of many restaurants.

Usage: npx valletpv-hub <command> [options]

Commands
  serve              Starts the hub. Brings the database up to date first; Ctrl+C or SIGTERM drains it.
  migrate            Brings the database's schema up to this program's, and ends.
  migrate --status   Shows what the database has and what waits; changes nothing.
  tpv list           Shows the TPVs and their ids.
  tpv import-key <id>  Lets an older TPV in with the key that it has, read from standard input.

Options
  --json             Results and faults as one line of JSON each.
  --help             This text; "npx valletpv-hub <command> --help" explains one command.

Configuration comes from environment variables and from .env in the working directory; .env.example lists all of
them. To begin:

  cp .env.example .env      then fill in TELEGRAM_BOT_TOKEN and TELEGRAM_WEBHOOK_SECRET
  npx valletpv-hub serve

Exit codes: 0 done, 1 refused, 64 wrong command line, 69 unavailable (database, port), 78 wrong configuration.
`;

export const COMMAND_HELP: Record<CommandName, string> = {
  serve: `Usage: npx valletpv-hub serve [--json]

Starts the hub where HOST and PORT say (127.0.0.1:8100 unless set). It brings the database up to date first, and
refuses one that a newer version of the hub wrote. "npm start" is the same.

SIGTERM or Ctrl+C drains it: nothing new is taken, what is under way is finished (25 s at most), then it ends with 0.
A wrong configuration ends it with 78, and every fault is named at once.
`,
  migrate: `Usage: npx valletpv-hub migrate [--status] [--json]

Brings the schema of DATABASE_URL up to this program's. The hub does the same by itself at every start; this is for
those who want to do it before. It needs no variable but DATABASE_URL.

  --status   Shows which migrations the database has, which wait, and which only a newer hub knows; changes nothing.

With --json: {"applied": [...]}, and for --status {"applied": [...], "waiting": [...], "unknown": [...]}.
`,
  tpv: `Usage: npx valletpv-hub tpv list [--json]
       npx valletpv-hub tpv import-key <id> [--json]

list shows every TPV with its id, and whether it is active.

import-key lets the TPV in with a key of its own besides those that it has: an older TPV then keeps the key that it
was installed with. The key (20 characters at least, and no other TPV's) is asked for, or read from standard input:

  npx valletpv-hub tpv import-key 0198… < key.txt

Both work while the hub runs, and need no variable but DATABASE_URL.
`,
};
