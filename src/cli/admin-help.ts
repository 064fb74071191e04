import type { CommandHelp } from './command.ts';

/** How `admin` is called. */
export const ADMIN_HELP: CommandHelp = {
  options: {
    role: { type: 'string' },
    tpv: { type: 'string', multiple: true },
    bind: { type: 'string', multiple: true },
    unbind: { type: 'string', multiple: true },
    withdraw: { type: 'boolean' },
    'disable-totp': { type: 'boolean' },
    mute: { type: 'string' },
    hear: { type: 'string' },
  },
  takesWords: true,
  help: `Usage: npx valletpv-hub admin list [--json]
       npx valletpv-hub admin create [--role admin|viewer] <name> [--json]
       npx valletpv-hub admin create --role manager --tpv <tpv>... <name> [--json]
       npx valletpv-hub admin tpvs [--bind <tpv>]... [--unbind <tpv>]... <name> [--json]
       npx valletpv-hub admin invite [--withdraw] <name> [--json]
       npx valletpv-hub admin reset-password [--disable-totp] <name> [--json]
       npx valletpv-hub admin unlink <name> [--json]
       npx valletpv-hub admin alarms [--mute <codes>] [--hear <codes>] <name> [--json]

create makes an account for the panel at /admin/. Where there is none yet, the hub also prints a link at its start
with which a browser makes the first one; it works once, for a day.

  --role viewer    Sees everything, changes nothing. Else: admin.
  --role manager   Sees and attends the TPVs of --tpv alone; has no password, and comes in by an invitation.

tpvs shows which TPVs a manager has, and binds or unbinds some; its sessions end then.

invite makes the link with which a manager's person links their Telegram, once, within a week; the one before ends.

  --withdraw       Takes it back, and makes none.

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
