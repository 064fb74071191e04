import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { type DialectUnderTest, freshDatabase } from './hub.ts';

/** Rows of the former service by table: every value as Django gives it to its database. */
export type DjangoRows = Record<string, readonly Readonly<Record<string, DjangoValue>>[]>;
export type DjangoValue = string | number | bigint | boolean | null;

/** The words in which both databases spell the same column of Django's models. */
const WORDS = {
  sqlite: {
    serial: 'integer primary key autoincrement',
    uuid: 'char(32)',
    time: 'datetime',
    flag: 'bool',
    json: 'text',
  },
  postgres: {
    serial: 'integer primary key',
    uuid: 'uuid',
    time: 'timestamp with time zone',
    flag: 'boolean',
    json: 'jsonb',
  },
} as const;

/** The former service's tables; without its references, so that tests can break them. */
function tables({ serial, uuid, time, flag, json }: (typeof WORDS)[DialectUnderTest]): string[] {
  return [
    `create table webhook_tpvinstance (id ${uuid} primary key, name varchar(200) not null,
      api_key varchar(255) not null unique, endpoint_url varchar(200) not null, is_active ${flag} not null,
      max_users integer not null, created_at ${time} not null, updated_at ${time} not null, last_heartbeat ${time},
      version varchar(50) not null, metadata ${json} not null)`,
    `create table webhook_telegramuser (id ${serial}, telegram_id bigint not null unique, username varchar(200),
      first_name varchar(200) not null, last_name varchar(200) not null, is_active ${flag} not null,
      language_code varchar(10) not null, created_at ${time} not null, updated_at ${time} not null,
      last_interaction ${time} not null, metadata ${json} not null, tpv_instance_id ${uuid})`,
    `create table webhook_instruction (id ${uuid} primary key, command varchar(100) not null, payload ${json} not null,
      status varchar(20) not null, priority integer not null, created_at ${time} not null, sent_at ${time},
      delivered_at ${time}, completed_at ${time}, expires_at ${time}, response ${json}, error_message text not null,
      retry_count integer not null, max_retries integer not null, telegram_user_id bigint not null,
      tpv_instance_id ${uuid} not null)`,
    `create table webhook_pushmessage (id ${uuid} primary key, message_type varchar(50) not null, text text not null,
      data ${json} not null, status varchar(20) not null, created_at ${time} not null, sent_at ${time},
      telegram_message_id bigint, error_message text not null, retry_count integer not null,
      max_retries integer not null, telegram_user_id bigint not null, tpv_instance_id ${uuid} not null)`,
    `create table webhook_allowed_origins (id ${serial}, origin varchar(200) not null unique,
      description varchar(255) not null, is_active ${flag} not null, created_at ${time} not null,
      updated_at ${time} not null)`,
    `create table webhook_telegram_autorizaciones (id ${serial}, token varchar(100) not null unique,
      uid_dispositivo varchar(255) not null, telegram_message_id bigint not null, telegram_user_id bigint not null,
      accion varchar(50) not null, empresa varchar(100) not null, usada ${flag} not null, expirada ${flag} not null,
      expira_en ${time} not null, usada_en ${time}, created_at ${time} not null)`,
  ];
}

/** Makes a database as the former service leaves it; gives back what `--database` takes. */
export async function djangoDatabase(dialect: DialectUnderTest, rows: DjangoRows): Promise<string> {
  const statements = [...tables(WORDS[dialect]), ...inserts(dialect, rows)];
  if (dialect === 'sqlite') {
    const dir = mkdtempSync(join(tmpdir(), 'django-test-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const file = join(dir, 'db.sqlite3');
    const db = new SqliteDatabase(file);
    for (const statement of statements) db.exec(statement);
    db.close();
    return file;
  }
  const url = await freshDatabase('postgres');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("set time zone 'UTC'");
  for (const statement of statements) await client.query(statement);
  await client.end();
  return url;
}

function inserts(dialect: DialectUnderTest, rows: DjangoRows): string[] {
  return Object.entries(rows).flatMap(([table, all]) =>
    all.map((row) => {
      const values = Object.values(row).map((value) => literal(dialect, value));
      return `insert into ${table} (${Object.keys(row).join(', ')}) values (${values.join(', ')})`;
    }),
  );
}

function literal(dialect: DialectUnderTest, value: DjangoValue): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return dialect === 'sqlite' ? String(Number(value)) : String(value);
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}

/** A time as Django writes it into SQLite: UTC, without a zone. */
export function djangoTime(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '123');
}
