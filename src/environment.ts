import { z } from 'zod';

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

const TELEGRAM_API = 'https://api.telegram.org';

/** The variables of contract/environment.md, in its order. */
const variables = z.object({
  HOST: takes('an address to listen on', text.min(1)).default('127.0.0.1'),
  PORT: whole('a port, 0 to 65535', 0, 65_535).default(8100),
  PUBLIC_URL: url.optional(),
  DATABASE_URL: takes(
    'sqlite:<path> or postgres://user:password@host/database',
    text.regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/),
  ).default('sqlite:./data/hub.db'),
  DATABASE_DURABILITY: takes('full or normal', z.enum(['full', 'normal'])).default('full'),
  TELEGRAM_BOT_TOKEN: takes("the bot's token from @BotFather, digits:letters", text.regex(/^\d+:[\w-]+$/)),
  TELEGRAM_MODE: takes('webhook or polling', z.enum(['webhook', 'polling'])).default('webhook'),
  TELEGRAM_WEBHOOK_URL: url.optional(),
  TELEGRAM_WEBHOOK_AUTO: flag.default(true),
  TELEGRAM_WEBHOOK_SECRET: takes('16 to 256 of A-Z a-z 0-9 _ -', text.regex(/^[\w-]{16,256}$/)).optional(),
  TELEGRAM_API_ROOT: url.default(TELEGRAM_API),
  TPV_REGISTRATION: takes('approval, token, open or closed', z.enum(['approval', 'token', 'open', 'closed'])).default(
    'approval',
  ),
  REGISTRATION_TOKEN: takes('at least 16 characters', text.min(16)).optional(),
  ADMIN_TOKEN: takes('at least 24 characters', text.min(24)).optional(),
  ROUTING_STRATEGY: takes(
    'least_users, round_robin or specific',
    z.enum(['least_users', 'round_robin', 'specific']),
  ).default('least_users'),
  CORS_ALLOWED_ORIGINS: origins.default([]),
  CALLBACK_ALLOWED_ORIGINS: origins.default([]),
  CALLBACK_ALLOW_PRIVATE: flag.default(false),
  TRUST_PROXY: takes('loopback, or addresses and networks separated by commas', text.min(1)).default('loopback'),
  HEARTBEAT_INTERVAL_SECONDS: seconds(1, 3600).default(25),
  SENT_LEASE_SECONDS: seconds().default(60),
  PROCESSING_LEASE_SECONDS: seconds().default(300),
  INSTRUCTION_TTL_SECONDS: seconds().default(86_400),
  PRESS_TTL_SECONDS: seconds().default(150),
  MAX_ATTEMPTS: whole('a whole number, 1 to 100', 1, 100).default(5),
  RETENTION_DAYS: whole('a whole number of days, 1 to 3650', 1, 3650).default(7),
  FORWARD_START: flag.default(false),
  FORWARD_EDITS: flag.default(false),
  LOG_LEVEL: takes(
    'fatal, error, warn, info, debug, trace or silent',
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
  ).default('info'),
  LOG_DIR: takes('a folder', text.min(1)).optional(),
  METRICS_TOKEN: takes('at least 16 characters', text.min(16)).optional(),
  DEFAULT_LOCALE: takes('a language code such as es', text.regex(/^[a-z]{2}(-[A-Z]{2})?$/)).default('es'),
  TIME_ZONE: takes('a time zone such as Europe/Madrid', text.refine(isTimeZone)).default('Europe/Madrid'),
});

function isTimeZone(value: string): boolean {
  try {
    return Intl.DateTimeFormat('es', { timeZone: value }) !== undefined;
  } catch {
    return false;
  }
}

/** What must hold between variables. */
export const environmentSchema = variables.check(({ value, issues }) => {
  const refuse = (name: keyof typeof value, message: string) =>
    issues.push({ code: 'custom', path: [name], input: value[name], message, continue: true });
  if (value.TELEGRAM_MODE === 'webhook' && value.TELEGRAM_WEBHOOK_SECRET === undefined) {
    refuse('TELEGRAM_WEBHOOK_SECRET', 'is required in webhook mode; it takes 16 to 256 of A-Z a-z 0-9 _ -');
  }
  const ownServer = value.TELEGRAM_API_ROOT !== TELEGRAM_API;
  if (value.TELEGRAM_WEBHOOK_URL !== undefined && !value.TELEGRAM_WEBHOOK_URL.startsWith('https:') && !ownServer) {
    refuse('TELEGRAM_WEBHOOK_URL', 'must be https: Telegram delivers to nothing else');
  }
  if (value.TPV_REGISTRATION === 'token' && value.REGISTRATION_TOKEN === undefined) {
    refuse('REGISTRATION_TOKEN', 'is required where TPV_REGISTRATION is token; it takes at least 16 characters');
  }
});

/** The names of all variables, in the order of the contract. */
export const VARIABLE_NAMES = Object.keys(variables.shape) as (keyof typeof variables.shape)[];

const SECRET = /TOKEN|SECRET|DATABASE_URL/;

/** One sentence for one fault: the variable, what it got (secrets masked), what it takes. */
export function configFault(issue: z.core.$ZodIssue, given: Readonly<Record<string, unknown>>): string {
  const name = String(issue.path[0] ?? 'environment');
  const got = given[name];
  if (issue.code === 'custom' && !issue.message.startsWith('Invalid')) {
    return `${name}${got === undefined ? '' : ` is ${shown(name, got)}, and`} ${issue.message}.`;
  }
  const schema = variables.shape[name as keyof typeof variables.shape];
  const wanted = sentenceOf(schema) ?? issue.message;
  if (got === undefined) return `${name} is required; it takes ${wanted}.`;
  return `${name} is ${shown(name, got)}; it takes ${wanted}.`;
}

function shown(name: string, value: unknown): string {
  return SECRET.test(name) ? `${String(value).length} characters (not shown)` : JSON.stringify(value);
}

function sentenceOf(schema: z.ZodType | undefined): string | undefined {
  if (schema === undefined) return undefined;
  const own = schema.meta()?.takes;
  if (typeof own === 'string') return own;
  const inner = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional ? schema.unwrap() : undefined;
  return inner instanceof z.ZodType ? sentenceOf(inner) : undefined;
}
