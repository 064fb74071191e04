import { expect, test } from 'vitest';
import { differences, sharedHashes } from '../../src/cluster/drift.ts';
import { readConfig } from '../../src/config/config.ts';

// What hubs of one database must have alike.

const TOKEN = '123456:a-made-up-token-of-a-made-up-bot-0001';

function hashes(env: Record<string, string> = {}): string {
  return sharedHashes(
    readConfig({
      DATABASE_URL: 'postgres://127.0.0.1/hub',
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_WEBHOOK_SECRET: 'a-made-up-secret',
      ...env,
    }),
  );
}

test('what a machine has of its own may differ', () => {
  const own = {
    PORT: '8101',
    DATABASE_URL: 'postgres://10.0.0.2/hub?sslmode=disable',
    LOG_LEVEL: 'debug',
    TRUST_PROXY: 'loopback',
  };
  expect(differences(hashes(), hashes(own))).toEqual([]);
});

test('each other variable that differs is named, also where one hub alone has it', () => {
  const other = { RETENTION_DAYS: '8', ADMIN_TOKEN: 'a-made-up-administrator-token' };
  expect(differences(hashes(), hashes(other))).toEqual(['ADMIN_TOKEN', 'RETENTION_DAYS']);
});

test('with another token of the bot, that alone is named: it is the key of the others', () => {
  expect(differences(hashes(), hashes({ TELEGRAM_BOT_TOKEN: `${TOKEN}2` }))).toEqual(['TELEGRAM_BOT_TOKEN']);
});

test('hubs of versions that know other variables are compared by what both know', () => {
  const { RETENTION_DAYS: _unknown, ...older } = JSON.parse(hashes());
  expect(differences(JSON.stringify(older), hashes({ RETENTION_DAYS: '8' }))).toEqual([]);
  expect(differences(null, hashes())).toEqual([]);
});

test('no value can be read from it', () => {
  expect(hashes({ ADMIN_TOKEN: 'a-made-up-administrator-token' })).not.toContain('made-up');
});
