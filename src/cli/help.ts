import { ADMIN_HELP } from './admin-help.ts';
import type { CommandHelp, CommandName } from './command.ts';
import type { RunLanguage } from './language/say.ts';
import { SPANISH_HELP, SPANISH_OVERVIEW } from './language/spanish-help.ts';
import { LOGS_HELP } from './log/logs-help.ts';
import { COMPLETION_HELP, MAN_HELP } from './manual/manual-help.ts';
import { SETUP_HELP } from './setup/setup-help.ts';
import { TPV_HELP } from './tpv-help.ts';
import { UPGRADE_HELP } from './upgrade-help.ts';

const OVERVIEW = `ValleTPV Hub: between one Telegram bot and the TPVs of many restaurants.

Usage: npx valletpv-hub <command> [options]

Commands
  setup              Sets the hub up on this machine: configuration, site, service; asks what it has to know.
  serve              Starts the hub. Brings the database up to date first; Ctrl+C or SIGTERM drains it.
  migrate            Brings the database's schema up to this program's, and ends.
  migrate --status   Shows what the database has and what waits; changes nothing.
  migrate --to -     Moves everything to an empty PostgreSQL, whose address is read from standard input.
  doctor             Looks at configuration, database, disk, clock, Telegram and the way here; says how to mend them.
  logs               Shows what the hub wrote to its logs; --errors only what failed, --follow goes on.
  backup <file>      Copies the database, also while the hub serves.
  backup list        Shows the copies that the hub makes by itself each night (BACKUP_DIR).
  restore <file>     Puts a copy in the database's place, a file or one of that list; the hub must not run.
  import django      Takes TPVs, people and what is open over from the service before this one.
  admin create <name>  Makes an account for the panel; asks for its password.
  admin reset-password <name>  Gives an account a new password, and logs it out everywhere.
  admin unlink <name>  Takes an account's Telegram away: it hears of no login and no alarm any more.
  admin alarms <name>  Shows and chooses of which alarms an account hears in Telegram.
  tpv list           Shows the TPVs and their ids; also register, activate, deactivate, rotate-key, rotate-secret,
                     join-code, service, import-key.
  user list          Shows the people who wrote to the bot; user assign gives one to a TPV;
                     user export and user erase give or take what is held on one.
  instruction list   Shows what was asked of TPVs; also show, retry.
  webhook info       Shows what Telegram knows of the webhook; also set, delete.
  maintenance begin  Has no account told of alarms for an hour; also list, end.
  upgrade <package>  Brings another version into the place of the one that runs as a service; back again if it fails.
  completion bash    Prints what makes bash (or zsh) complete all of this; man prints the manual's page.

Options
  --json             Results and faults as one line of JSON each.
  --help             This text; "npx valletpv-hub <command> --help" explains one command.

Configuration comes from environment variables and from .env in the working directory; .env.example lists all of
them. To begin:

  cp .env.example .env      then fill in TELEGRAM_BOT_TOKEN and TELEGRAM_WEBHOOK_SECRET
  npx valletpv-hub serve

It speaks Spanish, or English where LC_ALL, LC_MESSAGES or LANG begin with "en".

Exit codes: 0 done, 1 refused, 64 wrong command line, 69 unavailable (database, port), 78 wrong configuration.
`;

/** How each command is called, and what its `--help` says in English. */
export const COMMAND_HELP: Record<CommandName, CommandHelp> = {
  serve: {
    help: `Usage: npx valletpv-hub serve [--json]

Starts the hub where HOST and PORT say (127.0.0.1:8100 unless set). It brings the database up to date first, and
refuses one that a newer version of the hub wrote. "npm start" is the same.

SIGTERM or Ctrl+C drains it: nothing new is taken, what is under way is finished (25 s at most), then it ends with 0.
A wrong configuration ends it with 78, and every fault is named at once.
`,
  },
  migrate: {
    options: { status: { type: 'boolean' }, to: { type: 'string' } },
    help: `Usage: npx valletpv-hub migrate [--status] [--json]
       npx valletpv-hub migrate --to <postgres://…|-> [--json]

Brings the schema of DATABASE_URL up to this program's. The hub does the same by itself at every start; this is for
those who want to do it before. It needs no variable but DATABASE_URL.

  --status   Shows which migrations the database has, which wait, and which only a newer hub knows; changes nothing.

  --to -     Copies every row of the SQLite database of DATABASE_URL to an empty PostgreSQL database, whose address is
             asked for, or read from standard input: it holds a password, and the command line can be seen by others.
             An address without one may stand here (PGPASSWORD and ~/.pgpass are heeded). The hub must not run. All
             of it is one transaction, and both sides are compared before its end: when it fails nothing is there,
             and it can be run again.

With --json: {"applied": [...]}, and for --status {"applied": [...], "waiting": [...], "unknown": [...]}.
`,
  },
  doctor: {
    help: `Usage: npx valletpv-hub doctor [--json]

Looks at the whole set-up and says how to mend what is wrong: the variables, who may read .env and the database, the
disk, the database and its schema, what buttons may call, the clock, the bot's token, the webhook and its secret, the
port, and the way through PUBLIC_URL (it opens a WebSocket there). It changes nothing; run it where the hub runs, as
its user. What needs a running hub is looked at while one runs.

Exit code 0: all is well; 1: something is to be mended.
`,
  },
  logs: LOGS_HELP,
  backup: {
    options: { force: { type: 'boolean' } },
    takesWords: true,
    help: `Usage: npx valletpv-hub backup <file> [--force] [--json]
       npx valletpv-hub backup list [--json]

Copies the database of DATABASE_URL to a new file while the hub serves: everything that was committed before is in it.
Of PostgreSQL its own pg_dump makes the copy (--format=custom), and has to be there. The copy is read through before it gets its name, so a file of that name is whole, whatever happens meanwhile.

  --force    Replaces a file that is there already.

It is for this user alone (mode 600): it holds people's messages. Files that wait to be sent, in the folder uploads
beside a SQLite database, are not part of it.

With BACKUP_DIR the hub does the same by itself each night; list shows those copies, the newest first.
`,
  },
  restore: {
    takesWords: true,
    help: `Usage: npx valletpv-hub restore <file> [--json]

Puts a copy that "backup" made in the place of the database of DATABASE_URL: a file, or one in BACKUP_DIR by its
name alone, as "backup list" shows it. The hub must not run. The copy is read through first, and refused where it is
damaged or a newer version of the hub wrote it; the copy itself stays.

What a SQLite database held until then is kept beside it as <database>.before-restore-<time>; "restore" with that file
goes back. PostgreSQL, whose pg_restore does the work in one transaction, keeps it as the schema before_restore_<time>.
Delete it once it is not needed.
`,
  },
  import: {
    options: {
      database: { type: 'string' },
      'callback-url': { type: 'string', multiple: true },
      apply: { type: 'boolean' },
      'dry-run': { type: 'boolean' },
    },
    takesWords: true,
    help: `Usage: npx valletpv-hub import django --database <file|-> [--callback-url <empresa>=<url>]... [--apply] [--json]

Takes over what the Django service before this hub left in its database: TPVs with their API keys, people and who
attends them, instructions that are open, messages of the last days, buttons that still work, allowed origins.
The service that only sent notifications knew no TPVs: its people and buttons come over, each to the TPV that
registered with the origin that the button calls. Register those TPVs first, or import again afterwards.
Without --apply it only shows what it would do, and why it leaves something out; --dry-run says the same.

  --database <file>   The service's SQLite file. With - the address of its PostgreSQL (postgres://…) is asked for, or
                      read from standard input; one without a password may stand here itself.
  --callback-url      The URL that the buttons of an "empresa" call, where that database does not say it. With
                      https://origin=TPV (its name or id): which TPV has the buttons that call this origin.
  --apply             Writes. Again is fine: what is there already stays as it is.

Stop the former service first, and import before the TPVs come to the hub.
`,
  },
  admin: ADMIN_HELP,
  tpv: TPV_HELP,
  user: {
    takesWords: true,
    options: {
      query: { type: 'string' },
      tpv: { type: 'string' },
      unassigned: { type: 'boolean' },
      to: { type: 'string' },
      limit: { type: 'string' },
    },
    help: `Usage: npx valletpv-hub user list [--query <words>] [--tpv <tpv>] [--unassigned] [--limit 50]
       npx valletpv-hub user assign <telegram_id> <tpv>
       npx valletpv-hub user export <telegram_id> [--to <file>]
       npx valletpv-hub user erase <telegram_id>

  list     The people who wrote to the bot, those who came last first. --query looks for a name, a username or an id.
  assign   Gives a person to a TPV; what they wait for goes along.
  export   Writes all that is held on a person into a new file (mode 600), as JSON.
  erase    Erases a person and all that is theirs; their TPVs are told to do the same. It can't be undone.

All work while the hub runs, need no variable but DATABASE_URL, and take --json.
`,
  },
  instruction: {
    takesWords: true,
    options: {
      status: { type: 'string' },
      tpv: { type: 'string' },
      user: { type: 'string' },
      limit: { type: 'string' },
    },
    help: `Usage: npx valletpv-hub instruction list [--status failed] [--tpv <tpv>] [--user <telegram_id>] [--limit 50]
       npx valletpv-hub instruction show <id>
       npx valletpv-hub instruction retry <id>

  list     What was asked of TPVs, the newest first. A status is pending, sent, delivered, processing, completed, failed.
  show     One instruction with its way from the person to its answer, and the time between.
  retry    Sends one that ended once more, under a new id, to the TPV that attends the person now.

All work while the hub runs, need no variable but DATABASE_URL, and take --json.
`,
  },
  webhook: {
    takesWords: true,
    help: `Usage: npx valletpv-hub webhook set [url]
       npx valletpv-hub webhook info
       npx valletpv-hub webhook delete

  set      Tells Telegram where to deliver (TELEGRAM_WEBHOOK_URL unless given), with the secret and the kinds of updates.
  info     What Telegram knows, and what is wrong with it; exit code 1 where something is.
  delete   Telegram delivers nowhere from now on.

They need the variables of Telegram, and take --json.
`,
  },
  maintenance: {
    takesWords: true,
    options: { for: { type: 'string' }, from: { type: 'string' }, reason: { type: 'string' } },
    help: `Usage: npx valletpv-hub maintenance begin [--for 60] [--from <time>] [--reason <text>] [tpv]
       npx valletpv-hub maintenance list
       npx valletpv-hub maintenance end <id>

While a maintenance is under way no account is told of alarms in Telegram; panel, API and metrics show them all the
same. Those that last at its end are told then.

  begin    Begins one of 60 minutes, of the whole hub or of one TPV. --for takes other minutes, 7 days at the most; with
           --from it begins later.
  list     Those that are under way or planned.
  end      Ends one before its time, or takes a planned one back.

All work while the hub runs, need no variable but DATABASE_URL, and take --json.
`,
  },
  upgrade: UPGRADE_HELP,
  setup: SETUP_HELP,
  completion: COMPLETION_HELP,
  man: MAN_HELP,
};

/** What `--help` says: of the whole program, and of each command. */
export function helpIn(language: RunLanguage): { overview: string; commands: Record<CommandName, string> } {
  if (language === 'es') return { overview: SPANISH_OVERVIEW, commands: SPANISH_HELP };
  const texts = Object.entries(COMMAND_HELP).map(([name, { help }]) => [name, help]);
  return { overview: OVERVIEW, commands: Object.fromEntries(texts) as Record<CommandName, string> };
}
