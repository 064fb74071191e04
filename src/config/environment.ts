import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { DEFAULT_DELIVERY, isTimeZone } from '#protocol';
import { LANGUAGES, languageOf } from '../languages.ts';
import { saysEncryption } from './postgres-url.ts';
import { TELEGRAM_API, webhookUrlLacks } from './telegram-takes.ts';

const text = z.string();

/** Every variable is text; a refused one says what it takes in `takes`. */
function takes<T extends z.ZodType>(sentence: string, schema: T): T {
  return schema.meta({ takes: sentence }) as T;
}

function whole(sentence: string, least: number, most: number) {
  return takes(
    sentence,
    text
      .regex(/^\d{1,9}$/)
      .transform(Number)
      .pipe(z.number().min(least).max(most)),
  );
}

const seconds = (least = 1, most = 31_536_000) => whole(`a whole number of seconds, ${least} to ${most}`, least, most);
const flag = takes(
  'true or false',
  z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1'),
);

function httpUrl(value: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(value).protocol);
  } catch {
    return false;
  }
}

/** The panel's cookie and pages need a host of their own. */
function wholeHost(value: string): boolean {
  if (!httpUrl(value)) return false;
  const { pathname, search, hash, username, password } = new URL(value);
  return pathname === '/' && search + hash + username + password === '';
}

const url = takes('an http or https URL', text.refine(httpUrl));
const origins = takes(
  'origins such as https://panel.example, separated by commas',
  text
    .transform((value) =>
      value
        .split(',')
        .map((origin) => origin.trim())
        .filter(Boolean),
    )
    .pipe(z.array(text.refine((value) => httpUrl(value) && new URL(value).origin === value))),
);

function isTrusted(value: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(value)) return true;
  const [address = '', bits, ...more] = value.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** A URI for RFC 9116; a bare address stands for its `mailto:`. */
function contactUri(value: string): string {
  return /^[^@\s:/]+@[^@\s:/]+$/.test(value) ? `mailto:${value}` : value;
}

const WEBHOOK_SECRET = '16 to 256 of A-Z a-z 0-9 _ -';
const AT_LEAST_16 = 'at least 16 characters';

/** The variables of docs/environment.md, in its order. */
export const environmentSchema = z.object({
  HOST: takes('an address to listen on', text.min(1)).default('127.0.0.1'),
  PORT: whole('a port, 0 to 65535', 0, 65_535).default(8100),
  PUBLIC_URL: takes(
    'the http or https URL of a host without a path, such as https://hub.example: the hub has the whole host',
    text.refine(wholeHost),
  ).optional(),
  DATABASE_URL: takes(
    'sqlite:<path> or postgres://user:password@host/database; another machine’s with ?sslmode=verify-full (or =disable)',
    text.regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/).refine(saysEncryption),
  ).default('sqlite:./data/hub.db'),
  DATABASE_DURABILITY: takes('full or normal', z.enum(['full', 'normal'])).default('full'),
  HUB_LEASE_SECONDS: seconds(2, 30).optional(),
  BACKUP_DIR: takes('a folder', text.min(1)).optional(),
  BACKUP_AT: takes('a time of day such as 04:30', text.regex(/^([01]\d|2[0-3]):[0-5]\d$/)).default('04:30'),
  TELEGRAM_BOT_TOKEN: takes("the bot's token from @BotFather, digits:letters", text.regex(/^\d+:[\w-]+$/)),
  TELEGRAM_MODE: takes('webhook or polling', z.enum(['webhook', 'polling'])).default('webhook'),
  TELEGRAM_WEBHOOK_URL: url.optional(),
  TELEGRAM_WEBHOOK_AUTO: flag.default(true),
  TELEGRAM_WEBHOOK_SECRET: takes(WEBHOOK_SECRET, text.regex(/^[\w-]{16,256}$/)).optional(),
  TELEGRAM_API_ROOT: takes(
    'an http or https URL',
    text.refine(httpUrl).transform((value) => value.replace(/\/+$/, '')),
  ).default(TELEGRAM_API),
  TELEGRAM_FILE_ROOT: takes(
    'the absolute path of a folder',
    text.refine((path) => isAbsolute(path)),
  ).optional(),
  TPV_REGISTRATION: takes('approval, token, open or closed', z.enum(['approval', 'token', 'open', 'closed'])).default(
    'approval',
  ),
  REGISTRATION_TOKEN: takes(AT_LEAST_16, text.min(16)).optional(),
  ADMIN_TOKEN: takes('at least 24 characters', text.min(24)).optional(),
  ROUTING_STRATEGY: takes(
    'least_users, round_robin or specific',
    z.enum(['least_users', 'round_robin', 'specific']),
  ).default('least_users'),
  CORS_ALLOWED_ORIGINS: origins.default([]),
  CALLBACK_ALLOWED_ORIGINS: origins.default([]),
  CALLBACK_ALLOW_PRIVATE: flag.default(false),
  TRUST_PROXY: takes(
    'loopback, linklocal, uniquelocal, addresses or networks such as 10.0.0.0/8, separated by commas',
    text.refine((value) => value.split(',').every((one) => isTrusted(one.trim()))),
  ).default('loopback'),
  HEARTBEAT_INTERVAL_SECONDS: seconds(1, 3600).default(25),
  OFFLINE_GRACE_SECONDS: seconds(0, 3600).default(15),
  SENT_LEASE_SECONDS: seconds().default(DEFAULT_DELIVERY.sentLeaseMs / 1_000),
  PROCESSING_LEASE_SECONDS: seconds().default(DEFAULT_DELIVERY.processingLeaseMs / 1_000),
  INSTRUCTION_TTL_SECONDS: seconds().default(DEFAULT_DELIVERY.instructionTtlMs / 1_000),
  PRESS_TTL_SECONDS: seconds().default(DEFAULT_DELIVERY.pressTtlMs / 1_000),
  MAX_ATTEMPTS: whole('a whole number, 1 to 100', 1, 100).default(DEFAULT_DELIVERY.maxAttempts),
  WAITING_NOTICE_SECONDS: seconds(0, 86_400).default(120),
  RETENTION_DAYS: whole('a whole number of days, 1 to 3650', 1, 3650).default(7),
  FORWARD_START: flag.default(false),
  FORWARD_EDITS: flag.default(false),
  LOG_LEVEL: takes(
    'fatal, error, warn, info, debug, trace or silent',
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
  ).default('info'),
  LOG_DIR: takes('a folder', text.min(1)).optional(),
  METRICS_TOKEN: takes(AT_LEAST_16, text.min(16)).optional(),
  ALARM_PING_URL: url.optional(),
  SECURITY_CONTACT: takes(
    'an e-mail address, or a mailto:, https: or tel: URL',
    text.transform(contactUri).pipe(text.regex(/^(mailto|https|tel):[\x21-\x7e]+$/)),
  ).optional(),
  DEFAULT_LOCALE: takes(
    `one of ${LANGUAGES.join(', ')}, such as es or es-ES`,
    text.transform(languageOf).pipe(z.enum(LANGUAGES)),
  ).default('es'),
  TIME_ZONE: takes('a time zone such as Europe/Madrid', text.refine(isTimeZone)).default('Europe/Madrid'),
});

/** What may come as a file, too: `<name>_FILE` is its path. */
export const SECRET_NAMES = [
  'DATABASE_URL',
  'TELEGRAM_BOT_TOKEN',
  'TELEGRAM_WEBHOOK_SECRET',
  'REGISTRATION_TOKEN',
  'ADMIN_TOKEN',
  'METRICS_TOKEN',
] as const satisfies readonly (keyof typeof environmentSchema.shape)[];

type Values = z.infer<typeof environmentSchema>;
type Given = Readonly<Record<string, string>>;

/** The part that opens the database, finds its copies, and shows times. */
export const databaseSchema = environmentSchema.pick({
  DATABASE_URL: true,
  DATABASE_DURABILITY: true,
  BACKUP_DIR: true,
  TIME_ZONE: true,
});

/** The names of all variables, in the order of the contract. */
export const VARIABLE_NAMES = Object.keys(environmentSchema.shape) as (keyof Values)[];

/**
 * Every fault of the variables that `schema` has, one sentence each: the variable, what it got (secrets masked), what
 * it takes.
 */
export function environmentFaults(schema: z.ZodObject, given: Given): string[] {
  const faults: string[] = [];
  const right: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(schema.shape)) {
    const parsed = z.safeParse(variable, given[name]);
    if (parsed.success) right[name] = parsed.data;
    else faults.push(variableFault(name, given[name], takenBy(variable)));
  }
  // A variable that is wrong by itself is missing here, and no rule looks at it.
  return schema === environmentSchema ? [...faults, ...faultsBetween(right, given)] : faults;
}

/** What must hold between variables. */
function faultsBetween(right: Partial<Values>, given: Given): string[] {
  const faults: string[] = [];
  if (right.TELEGRAM_MODE === 'webhook' && given.TELEGRAM_WEBHOOK_SECRET === undefined) {
    faults.push(`TELEGRAM_WEBHOOK_SECRET is required in webhook mode; it takes ${WEBHOOK_SECRET}.`);
  }
  if (right.HUB_LEASE_SECONDS !== undefined && right.DATABASE_URL?.startsWith('sqlite:') === true) {
    faults.push('HUB_LEASE_SECONDS is for hubs that share a PostgreSQL: leave it out with SQLite, which has one hub.');
  }
  const { TELEGRAM_WEBHOOK_URL: webhook, TELEGRAM_API_ROOT: root } = right;
  const lacks = webhook === undefined || root !== TELEGRAM_API ? undefined : webhookUrlLacks(webhook);
  if (lacks !== undefined) {
    const wanted = lacks === 'https' ? 'an https URL' : 'the ports 443, 80, 88 and 8443';
    faults.push(`TELEGRAM_WEBHOOK_URL is ${JSON.stringify(webhook)}; it takes ${wanted}: Telegram calls no other.`);
  }
  if (right.TPV_REGISTRATION === 'token' && given.REGISTRATION_TOKEN === undefined) {
    faults.push(`REGISTRATION_TOKEN is required where TPV_REGISTRATION is token; it takes ${AT_LEAST_16}.`);
  }
  return faults;
}

const SECRET = /TOKEN|SECRET|DATABASE_URL/;

function variableFault(name: string, got: string | undefined, wanted: string): string {
  return got === undefined
    ? `${name} is required; it takes ${wanted}.`
    : `${name} is ${shown(name, got)}; it takes ${wanted}.`;
}

function shown(name: string, value: string): string {
  return SECRET.test(name) ? `${value.length} characters (not shown)` : JSON.stringify(value);
}

/** What `takes` says of a variable. */
function takenBy(schema: z.core.$ZodType): string {
  const own = z.globalRegistry.get(schema)?.takes;
  if (typeof own === 'string') return own;
  const inner = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional ? schema.unwrap() : undefined;
  return inner === undefined ? 'another value' : takenBy(inner);
}
