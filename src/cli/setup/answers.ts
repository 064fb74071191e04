import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { UsageError } from '../../process/exit.ts';
import type { Input } from '../command.ts';
import { say } from '../language/say.ts';
import { readSecret } from '../secret.ts';

type Variables = Readonly<Record<string, string | undefined>>;

const SECRET_BYTES = 24;
/** Labels of letters, digits and hyphens, with a dot between them. */
const DOMAIN = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i;

/**
 * What the set-up has to know: as it is known already, as the options say, or as a person answers.
 * @returns the variables to write
 * @throws UsageError
 */
export async function answersOf(known: Variables, options: Input['options']): Promise<Record<string, string>> {
  if (options.domain !== undefined && options.polling === true) {
    throw new UsageError(say`"setup" takes --domain or --polling, not both.`);
  }
  const token =
    filled(known.TELEGRAM_BOT_TOKEN) ?? (await readSecret(say`The bot's token, from @BotFather: `, say`the token`));
  const variables: Record<string, string> = { TELEGRAM_BOT_TOKEN: token };
  if (filled(known.BACKUP_DIR) === undefined && !(known.DATABASE_URL ?? '').startsWith('postgres')) {
    variables.BACKUP_DIR = 'data/backups';
  }
  const domain = await domainOf(known, options);
  if (domain === undefined) return { ...variables, TELEGRAM_MODE: 'polling' };
  const secret = filled(known.TELEGRAM_WEBHOOK_SECRET) ?? randomBytes(SECRET_BYTES).toString('hex');
  return {
    ...variables,
    TELEGRAM_MODE: 'webhook',
    TELEGRAM_WEBHOOK_SECRET: secret,
    PUBLIC_URL: `https://${domain}`,
  };
}

/** Undefined: the hub fetches what comes. */
async function domainOf(known: Variables, { domain, polling }: Input['options']): Promise<string | undefined> {
  if (typeof domain === 'string') return checked(domain);
  if (polling === true) return undefined;
  const url = filled(known.PUBLIC_URL);
  if (url !== undefined) return new URL(url).host;
  if (known.TELEGRAM_MODE === 'polling') return undefined;
  if (!process.stdin.isTTY) throw new UsageError(say`Give --domain <name>, or --polling where the machine has none.`);
  const answer = await ask(say`The domain that leads to this machine (none: press Enter): `);
  return answer === '' ? undefined : checked(answer);
}

function checked(domain: string): string {
  if (DOMAIN.test(domain)) return domain.toLowerCase();
  throw new UsageError(
    say`${JSON.stringify(domain)} is no domain: give a name such as bot.example.org, without https://.`,
  );
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}

function filled(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

/** The text of an `.env` with these values in place of those that it has. */
export function envWith(text: string, variables: Readonly<Record<string, string>>): string {
  let changed = text.endsWith('\n') || text === '' ? text : `${text}\n`;
  for (const [name, value] of Object.entries(variables)) {
    const line = new RegExp(`^${name}=.*$`, 'm');
    // As a function: a "$" in a value stands for itself.
    changed = line.test(changed) ? changed.replace(line, () => `${name}=${value}`) : `${changed}${name}=${value}\n`;
  }
  return changed;
}
