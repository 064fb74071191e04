import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../../demo/port.ts';
import { DEBIAN_INSTALL_MS, debianProgram } from '../support/debian.ts';
import { startNginx } from '../support/nginx.ts';
import { ROOT, startProcess } from '../support/process.ts';
import { testFolder } from '../support/test-folder.ts';
import { WAIT_MS } from '../support/within.ts';

// What stands before several hubs: a delivery of Telegram's may be given to another hub, a message to a person must not.

const HAPROXY = '/usr/sbin/haproxy';
const WEBHOOK = '/webhook/telegram/';
const PUSH = '/api/tpv/push/';

const file = (path: string) => readFileSync(join(ROOT, 'deploy', path), 'utf8');

beforeAll(async () => {
  await debianProgram('nginx', 'nginx');
}, DEBIAN_INSTALL_MS);

type StandIn = Awaited<ReturnType<typeof standIn>>;

/** Stands for a hub: it answers 200 with its name, or cuts whatever is no question whether it is ready. */
async function standIn(name: string) {
  const hub = { name, isReady: true, cuts: false, holds: false, taken: [] as string[], port: 0 };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/readyz') return response.writeHead(hub.isReady ? 200 : 503).end();
    hub.taken.push(request.url ?? '');
    request.resume().on('end', () => {
      if (hub.cuts) request.socket.destroy();
      else if (!hub.holds) response.end(name);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  hub.port = (server.address() as AddressInfo).port;
  return hub;
}

const TIMES = 6;

/** @param post its answer's status; 0: the connection was cut */
async function judge(post: (path: string) => Promise<number>, [dead, alive]: readonly StandIn[]) {
  if (dead === undefined || alive === undefined) throw new Error('There are two.');
  dead.cuts = true;
  const statuses = new Set<number>();
  for (let i = 0; i < TIMES; i++) statuses.add(await post(WEBHOOK));
  expect(statuses).toEqual(new Set([200]));
  expect(alive.taken).toHaveLength(TIMES);

  const before = dead.taken.length + alive.taken.length;
  for (let i = 0; i < TIMES; i++) await post(PUSH);
  // Each came to one hub, or to none where the balancer takes the other for dead.
  expect(dead.taken.length + alive.taken.length - before).toBeLessThanOrEqual(TIMES);
}

test('with what nginx gets for several hubs, a delivery of Telegram’s goes to one that lives, and nothing is sent twice', async () => {
  const hubs = [await standIn('one'), await standIn('other')] as const;
  const conf = file('nginx/valletpv-hub-cluster.conf');
  const [, upstream = ''] = /^upstream valletpv_hub \{\n([^}]*)\}/m.exec(conf) ?? [];
  const location = conf.split('\n').flatMap((line) => (line.startsWith('#    ') ? [line.slice(1)] : []));
  expect(location[1]).toContain('location /webhook/telegram {');
  const ports = ['8101', '8102'].reduce((text, port, i) => text.replace(port, String(hubs[i]?.port)), upstream);
  const nginx = await startNginx(`http://127.0.0.1:${hubs[0].port}`, [
    [`    server 127.0.0.1:${hubs[0].port};`, ports.replace(/ *keepalive .*\n/, '').replace(/.*:8103 .*\n/, '')],
    ['    location / {', `${location.join('\n')}\n    location / {`],
  ]);
  const post = async (path: string) => {
    const request = httpsRequest(`${nginx.https}${path}`, { ...nginx.client, agent: false, method: 'POST' }).end('{}');
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    await once(answer.resume(), 'end');
    return answer.statusCode ?? 0;
  };
  await judge(post, hubs);
});

/** HAProxy with deploy's configuration, before two hubs. */
async function startHaproxy(hubs: readonly StandIn[]): Promise<string> {
  const dir = testFolder('haproxy');
  const port = await freePort();
  let config = file('haproxy/haproxy.cfg')
    .replace('bind :8100', `bind 127.0.0.1:${port}`)
    // As many as this machine lets any program have.
    .replace('maxconn 65536', 'maxconn 100')
    // A stand-in on a busy machine is no dead hub.
    .replace(/timeout check .*/, 'timeout check 20s')
    .replaceAll(/^ *server hub3 .*\n/gm, '');
  for (const [i, hub] of hubs.entries()) config = config.replaceAll(`hub${i + 1}:8100`, `127.0.0.1:${hub.port}`);
  expect(config).not.toContain('8100\n');
  const path = join(dir, 'haproxy.cfg');
  writeFileSync(path, config);
  startProcess(['-db', '-f', path], { program: HAPROXY });
  const url = `http://127.0.0.1:${port}`;
  const ask = async () => (await fetch(url)).text();
  await vi.waitFor(async () => expect(await ask()).toMatch(/^(one|other)$/), WAIT_MS);
  for (const { taken } of hubs) taken.splice(0);
  return url;
}

const poster = (url: string) => (path: string) =>
  fetch(`${url}${path}`, { method: 'POST', body: '{}' }).then(
    ({ status }) => status,
    () => 0,
  );

test.runIf(existsSync(HAPROXY))(
  'behind HAProxy a delivery of Telegram’s goes to a hub that lives, and nothing is sent twice',
  async () => {
    const hubs = [await standIn('one'), await standIn('other')] as const;
    await judge(poster(await startHaproxy(hubs)), hubs);
  },
);

test.runIf(existsSync(HAPROXY))(
  'HAProxy cuts who is connected to a hub that is not ready any more, and sends to the other one',
  async () => {
    const [one, other] = [await standIn('one'), await standIn('other')];
    const url = await startHaproxy([one, other]);
    for (const hub of [one, other]) hub.holds = true;
    const waiting = fetch(`${url}/api/tpv/instructions/next/`);
    const outcome = waiting.then(
      ({ status }) => status,
      () => 'cut',
    );
    const held = await vi.waitFor(() => {
      const hub = [one, other].find(({ taken }) => taken.length > 0);
      if (hub === undefined) throw new Error('It has not come yet.');
      return hub;
    }, WAIT_MS);
    for (const hub of [one, other]) hub.holds = false;
    held.isReady = false;
    expect([503, 502, 'cut']).toContain(await outcome);
    const left = held === one ? other : one;
    for (let i = 0; i < TIMES; i++) expect(await (await fetch(url)).text()).toBe(left.name);
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
  },
);

test('the composition of several hubs has those that its balancer names, as locked up as one hub alone', () => {
  const [one, several, balancer] = [file('compose.yaml'), file('compose-cluster.yaml'), file('haproxy/haproxy.cfg')];
  const named = [...balancer.matchAll(/^ *server (\S+) (\S+):8100$/gm)].map(([, name, host]) => `${name} ${host}`);
  const services = [...several.matchAll(/^ {2}(hub\d+): \*hub$/gm)].map(([, name]) => `${name} ${name}`);
  expect(services.length).toBeGreaterThan(1);
  expect(named).toEqual([...services, ...services]);
  const kept = ['read_only: true', 'init: true', 'cap_drop: [ALL]', 'no-new-privileges:true', 'pids_limit: 128'];
  for (const line of [...kept, 'stop_grace_period: 40s', 'TRUST_PROXY: loopback,uniquelocal']) {
    expect([one.includes(line), several.includes(line)]).toEqual([true, true]);
  }
  expect(several).toMatch(/^ {4}HUB_LEASE_SECONDS: "\d+"$/m);
  // Only this machine reaches the balancer, and nothing else is reached from outside.
  expect([...several.matchAll(/^ *- "([\d.]+):\d+:\d+"$/gm)].map(([, host]) => host)).toEqual(['127.0.0.1']);
  const line = /^# {3}(docker .+)$/m.exec(several)?.[1] ?? 'none';
  for (const page of ['operating.md', 'operating.es.md']) {
    expect(readFileSync(join(ROOT, 'docs', page), 'utf8')).toContain(`\`${line}\``);
  }
});
