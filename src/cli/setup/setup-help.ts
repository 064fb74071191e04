import type { CommandHelp } from '../command.ts';

/** How `setup` is called. */
export const SETUP_HELP: CommandHelp = {
  options: {
    domain: { type: 'string' },
    polling: { type: 'boolean' },
    folder: { type: 'string' },
    'no-service': { type: 'boolean' },
    'no-site': { type: 'boolean' },
  },
  help: `Usage: valletpv-hub setup [--domain <name> | --polling] [--folder /opt/valletpv-hub] [--no-service] [--no-site] [--json]

Sets the hub up on this machine, as root: asks for the bot's token and tries it, makes the secrets, writes .env (mode 600),
gives Caddy its site, makes the service and starts it. It ends with what "doctor" finds, and with the link that makes the
first account of the panel. It may be run again: what .env says already stays, unless it is given anew.

The token is asked for, or read from standard input, or taken from TELEGRAM_BOT_TOKEN.

  --domain      The name that leads to this machine; Telegram delivers there.
  --polling     There is none: the hub fetches what comes.
  --folder      Where .env, data and logs are. Else: the checkout, or /opt/valletpv-hub for a package.
  --no-service  Only writes .env.
  --no-site     Leaves the web server alone. Where Caddy is not installed, it is left alone anyway.
`,
};
