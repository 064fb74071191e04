import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { offerSetup } from '../../administrators/first-account.ts';
import { pause, systemClock } from '../../clock.ts';
import { type Config, readConfig } from '../../config/config.ts';
import { openDatabase } from '../../db/open.ts';
import { HubError } from '../../errors.ts';
import type { Input, Result } from '../command.ts';
import { doctorCommand, type ReachTelegram } from '../doctor/doctor.ts';
import { hubAt, localUrl } from '../doctor/listening-check.ts';
import { say } from '../language/say.ts';
import { answersOf, envWith } from './answers.ts';
import { writeCaddySite } from './caddy-site.ts';
import { hubFolder, placeProgram, thisProgram, writeEnv } from './place.ts';

/** Where Debian has Caddy; CADDY_DIR names another folder. */
const CADDY_DIR = '/etc/caddy';
/** Caddy asks for a certificate once it has the site, which takes seconds as a rule. */
const CERTIFICATE_MS = 60_000;
const LOOK_AGAIN_MS = 1_000;
/** Variables that the environment may give in place of an answer. */
const GIVEN = ['TELEGRAM_BOT_TOKEN', 'TELEGRAM_WEBHOOK_SECRET', 'TELEGRAM_API_ROOT', 'HOST', 'PORT', 'DATABASE_URL'];

/**
 * `setup`: from an installed program to a hub that answers, with its configuration, site and service.
 * @throws UsageError, ConfigError, HubError; `.env` is written only once Telegram knows the bot
 */
export async function setupCommand({ env, options }: Input, reach: ReachTelegram): Promise<Result> {
  const program = thisProgram();
  const folder = hubFolder(program, options.folder);
  const file = join(folder, '.env');
  const text = readFileSync(existsSync(file) ? file : join(program.folder, '.env.example'), 'utf8');
  const given = Object.fromEntries(GIVEN.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const known = { ...parseEnv(text), ...given };
  const variables = { ...given, ...(await answersOf(known, options)) };
  const config = readConfig({ ...known, ...variables });
  const bot = await botOf(config, reach);
  tell(say`Telegram knows the bot: @${bot}.`);

  placeProgram(program, folder);
  writeEnv(file, envWith(text, variables));
  tell(say`The configuration is in ${file}, for its owner alone.`);
  const domain = config.PUBLIC_URL === undefined ? undefined : new URL(config.PUBLIC_URL).host;
  const hasSite =
    domain !== undefined &&
    options['no-site'] !== true &&
    (await makeSite(program.folder, env.CADDY_DIR ?? CADDY_DIR, domain));
  const data = { folder, bot, domain: domain ?? null };
  if (options['no-service'] === true) return { data, text: say`Start the hub in ${folder}: valletpv-hub serve` };

  const script = join(folder, program.isCheckout ? '' : 'program', 'deploy/manage_webhook_service.sh');
  for (const command of ['install', 'restart']) await run('bash', [script, command], folder);
  if (hasSite) await untilPublic(config);
  // What the variables name begins there.
  process.chdir(folder);
  const {
    text: findings,
    exitCode,
    data: verdict,
  } = await doctorCommand({ env: parseEnv(readFileSync(file, 'utf8')), words: [], options: {} }, reach);
  const link = await firstAccountLink(config);
  const last = link === undefined ? [] : ['', say`The first account of the panel, once, within a day: ${link}`];
  return {
    data: { ...data, ...verdict, link: link ?? null },
    text: [findings, ...last].join('\n'),
    ...(exitCode !== undefined && { exitCode }),
  };
}

async function botOf(config: Config, reach: ReachTelegram): Promise<string> {
  const me = await reach(config).me();
  if ('username' in me) return me.username;
  const what =
    'refused' in me
      ? say`Telegram refuses the token (${me.description}): copy it again from @BotFather.`
      : say`Telegram can't be reached (${me.unreachable}).`;
  throw new HubError('telegram_error', say`${what} Nothing was written.`);
}

/** @returns whether Caddy is there */
async function makeSite(program: string, caddy: string, domain: string): Promise<boolean> {
  if (!writeCaddySite(program, caddy, domain)) {
    tell(
      say`Caddy is not installed: let a web server pass https on to the hub, as deploy/nginx/valletpv-hub.conf does.`,
    );
    return false;
  }
  await run('systemctl', ['reload-or-restart', 'caddy'], '/');
  tell(say`Caddy has the site of ${domain}, and gets its certificate.`);
  return true;
}

/** Waits until the hub, which answers on this machine, does so at its domain; not for longer than a certificate takes. */
async function untilPublic(config: Config): Promise<void> {
  const { PUBLIC_URL: base } = config;
  if (base === undefined || (await hubAt(localUrl(config))) === undefined) return;
  const clock = systemClock();
  const end = clock.now() + CERTIFICATE_MS;
  while (clock.now() < end && (await hubAt(base)) === undefined) await pause(clock, LOOK_AGAIN_MS);
}

async function firstAccountLink(config: Config): Promise<string | undefined> {
  const db = openDatabase(config);
  try {
    const token = await offerSetup(db, systemClock().now());
    if (token === undefined) return undefined;
    return new URL(`/admin/configurar#${token}`, config.PUBLIC_URL ?? localUrl(config)).href;
  } finally {
    await db.close();
  }
}

/** What it says is for the person, and standard output for a script. */
async function run(program: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 2, 2] });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0)
    throw new HubError(
      'unavailable',
      say`"${args.at(-1)}" failed, as the lines above say: mend that, and run setup again.`,
    );
}

function tell(what: string): void {
  process.stderr.write(`${what}\n`);
}
