import { createHmac } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { VARIABLE_NAMES } from '../config/environment.ts';

/** What a hub has of its own: its machine, its way to the database, its log and who looks at it. */
const OWN: ReadonlySet<keyof Config> = new Set<keyof Config>([
  'HOST',
  'PORT',
  'DATABASE_URL',
  'DATABASE_DURABILITY',
  'BACKUP_DIR',
  'TRUST_PROXY',
  'LOG_LEVEL',
  'LOG_DIR',
  'METRICS_TOKEN',
  'ALARM_PING_URL',
]);
const TOKEN = 'TELEGRAM_BOT_TOKEN';
const HASH_CHARACTERS = 16;

/**
 * What hubs of one database must have alike, so that it does not matter to which of them something comes: a hash for each
 * variable, as JSON. The bot's token is the key, so that who reads the database can't try secrets out.
 */
export function sharedHashes(config: Config): string {
  const hashes: Record<string, string> = {};
  for (const name of VARIABLE_NAMES) {
    if (OWN.has(name)) continue;
    const hmac = createHmac('sha256', config[TOKEN]).update(`${name}=${JSON.stringify(config[name] ?? null)}`);
    hashes[name] = hmac.digest('hex').slice(0, HASH_CHARACTERS);
  }
  return JSON.stringify(hashes);
}

/**
 * The variables that two hubs have and in which they differ, by what `sharedHashes` gave for each. Where the bot's token
 * is another one, nothing more can be said.
 */
export function differences(one: string | null, other: string | null): string[] {
  if (one === null || other === null) return [];
  // Written by sharedHashes, of this or another version.
  const [ours, theirs] = [one, other].map((text): Record<string, string> => JSON.parse(text)) as [
    Record<string, string>,
    Record<string, string>,
  ];
  const names = Object.keys(ours).filter((name) => theirs[name] !== undefined && theirs[name] !== ours[name]);
  return names.includes(TOKEN) ? [TOKEN] : names.sort();
}
