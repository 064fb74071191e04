import { dirname } from 'node:path';
import { systemClock } from '../../clock.ts';
import { type Config, ConfigError, readConfig, readDatabaseConfig } from '../../config/config.ts';
import { EXIT } from '../../process/exit.ts';
import type { Input, Result } from '../command.ts';
import { say, told, word, wordIfKnown } from '../language/say.ts';
import { checkBackup } from './backup-check.ts';
import { checkCallbacks } from './callback-check.ts';
import { checkDatabase, sqlitePath } from './database-check.ts';
import { checkDisk } from './disk-check.ts';
import { checkFiles } from './file-check.ts';
import { type Finding, findings } from './finding.ts';
import { checkListening } from './listening-check.ts';
import { checkPublicUrl } from './public-url-check.ts';
import { checkTelegram, type TelegramSide } from './telegram-check.ts';
import { checkTime } from './time-check.ts';

/** Telegram as a configuration names it; the command line fills it in. */
export type ReachTelegram = (config: Config) => TelegramSide;

/**
 * Looks at the whole set-up and says how to mend what is wrong with it. It changes nothing, and works while the hub
 * runs and while it does not.
 * @returns exit code 1 if there is a fault
 */
export async function doctorCommand({ env }: Input, reachTelegram: ReachTelegram): Promise<Result> {
  const found = await examine(env, reachTelegram);
  const faults = found.filter(({ state }) => state === 'fault').length;
  const warnings = found.filter(({ state }) => state === 'warning').length;
  return {
    data: { healthy: faults === 0, findings: found },
    text: [...found.map(lineOf), '', sumOf(faults, warnings)].join('\n'),
    exitCode: faults === 0 ? EXIT.ok : EXIT.refused,
  };
}

async function examine(env: Input['env'], reachTelegram: ReachTelegram): Promise<Finding[]> {
  let config: Config;
  try {
    config = readConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [...configFaults(error), ...(await examineFiles(env))];
  }
  const { ok } = findings('configuration');
  const path = sqlitePath(config.DATABASE_URL);
  const found = [ok(say`Every variable has a value that it can have.`), ...(await checkFiles(path))];
  const now = () => systemClock().now();
  if (path !== undefined) found.push(await checkDisk(dirname(path)));
  // The server of a PostgreSQL may have copies of its own.
  if (path !== undefined || config.BACKUP_DIR !== undefined) found.push(await checkBackup(config, now()));
  found.push(...(await checkDatabase(config, (db) => checkCallbacks(db, config))));
  found.push(await checkTime(config.TELEGRAM_API_ROOT, now));
  found.push(...(await checkTelegram(reachTelegram(config), config)));
  const { found: listening, running } = await checkListening(config);
  found.push(...listening);
  if (running) found.push(...(await checkPublicUrl(config)));
  return found;
}

/** What can be looked at although the configuration is wrong. */
async function examineFiles(env: Input['env']): Promise<Finding[]> {
  try {
    return await checkFiles(sqlitePath(readDatabaseConfig(env).DATABASE_URL));
  } catch (error) {
    if (error instanceof ConfigError) return checkFiles(undefined);
    throw error;
  }
}

function configFaults({ faults }: ConfigError): Finding[] {
  const { fault } = findings('configuration');
  return faults.map((sentence) => fault(told(sentence), say`Set it in .env; .env.example explains every variable.`));
}

const MARKS = { ok: '✓', warning: '!', fault: '✗', skipped: '·' } as const;
const WIDTH = 17;

function lineOf({ check, state, what, mend }: Finding): string {
  const line = `${MARKS[state]} ${wordIfKnown(check).padEnd(WIDTH)} ${what}`;
  return mend === undefined ? line : `${line}\n  ${' '.repeat(WIDTH)} → ${mend}`;
}

function sumOf(faults: number, warnings: number): string {
  const warned = warnings === 0 ? '' : `, ${warnings} ${word(warnings === 1 ? 'warning' : 'warnings')}`;
  if (faults === 0) return say`All is well${warned}.`;
  return say`${faults} ${word(faults === 1 ? 'fault' : 'faults')}${warned}: mend what has an arrow, from the top.`;
}
