import { expect, test } from 'vitest';
import { testClock } from '../support/clock.ts';
import { startHub } from '../support/hub.ts';

// docs/security.md, S39; the fields are those of RFC 9116.

const PATH = '/.well-known/security.txt';
const PUBLIC_URL = 'https://hub.example';

test.each([
  ['an address', 'security@restaurant.example', 'mailto:security@restaurant.example'],
  ['a page', 'https://restaurant.example/security', 'https://restaurant.example/security'],
])('who finds a weakness is told %s, until when that holds, and where it lies', async (_what, contact, shown) => {
  const clock = testClock();
  const hub = await startHub({ clock, env: { PUBLIC_URL, SECURITY_CONTACT: contact } });
  const { status, headers, body } = await hub.fetch(PATH);
  expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
  const expires = new Date(clock.now() + 180 * 86_400_000).toISOString();
  expect(body.split('\n')).toEqual([
    `Contact: ${shown}`,
    `Expires: ${expires}`,
    'Preferred-Languages: es, en',
    `Canonical: ${PUBLIC_URL}${PATH}`,
    '',
  ]);
});

test.each([
  ['a contact', { PUBLIC_URL }],
  ['an address of its own', { SECURITY_CONTACT: 'security@restaurant.example' }],
])('a hub without %s has no such file', async (_what, env) => {
  const hub = await startHub({ env: Object.fromEntries(Object.entries(env)) });
  expect((await hub.fetch(PATH)).status).toBe(404);
});
