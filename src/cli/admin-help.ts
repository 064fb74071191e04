import type { CommandHelp } from './command.ts';

/** How `admin` is called. */
export const ADMIN_HELP: CommandHelp = {
  options: {
    role: { type: 'string' },
    'disable-totp': { type: 'boolean' },
    mute: { type: 'string' },
    hear: { type: 'string' },
  },
  takesWords: true,
  help: `Usage: npx valletpv-hub admin create [--role admin|viewer] <name> [--json]
       npx valletpv-hub admin reset-password [--disable-totp] <name> [--json]
       npx valletpv-hub admin unlink <name> [--json]
       npx valletpv-hub admin alarms [--mute <codes>] [--hear <codes>] <name> [--json]

create makes an account for the panel at /admin/. Where there is none yet, the hub also prints a link at its start
with which a browser makes the first one; it works once, for a day.

  --role viewer    Sees everything, changes nothing. Else: admin.

reset-password gives an account a new password and ends its sessions.

  --disable-totp   Switches its second factor off too, for somebody who lost both telephone and recovery codes.

unlink takes an account's Telegram away, as of a telephone that was stolen: it hears of no login and no alarm any more.

alarms shows of which alarms the account's Telegram is told; codes stand between commas, or are all.

  --mute tpv_key_shared,backup_late   Tells it of these no more.
  --hear all                          Tells it of these again.

The password (12 characters at least) is asked for twice, or read from standard input:

  npx valletpv-hub admin create ana < password.txt

All work while the hub runs, and need no variable but DATABASE_URL.
`,
};
