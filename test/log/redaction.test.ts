import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLogs } from '../../src/log/log.ts';
import { testFolder } from '../support/test-folder.ts';

/** Looks like no key, no token and no word of the configuration: only its place can give it away. */
const PLAIN = 'as plain as a word';

const COOKIE = `hub_session=${PLAIN}`;
const FIELDS: [string, object][] = [
  ['a cookie', { cookie: COOKIE }],
  ['a cookie among headers', { headers: { cookie: COOKIE } }],
  ['an Authorization', { authorization: PLAIN }],
  ['an Authorization among headers', { headers: { authorization: PLAIN } }],
  ['the webhook’s secret', { headers: { 'x-telegram-bot-api-secret-token': PLAIN } }],
  ['a registration’s token', { headers: { 'x-registration-token': PLAIN } }],
  ['a subprotocol with a key', { headers: { 'sec-websocket-protocol': PLAIN } }],
  ['an API key', { api_key: PLAIN }],
  ['an API key in a body', { body: { api_key: PLAIN } }],
  ['a signing secret in a body', { body: { signing_secret: PLAIN } }],
];

test.each(FIELDS)('%s is in no line of the log', async (_name, fields) => {
  const dir = testFolder('logs');
  const logs = await openLogs({ level: 'info', dir });
  logs.log.warn(fields, 'something about a request');
  logs.log.child({ bound: true }).warn(fields, 'and once more');
  await logs.flush();
  const written = readFileSync(join(dir, 'error.log'), 'utf8');
  expect(written).not.toContain(PLAIN);
  expect(written.match(/\[redacted\]/g)).toHaveLength(2);
});
