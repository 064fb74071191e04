import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startHub, testOfOneHub, WEBHOOK_SECRET } from '../support/hub.ts';
import { rawSocket, upgradeRequest } from '../support/raw-socket.ts';

/** One kept connection, as a proxy has to the hub. */
function keptConnection(url: string) {
  const { hostname, port } = new URL(url);
  const tcp = connect(Number(port), hostname);
  onTestFinished(() => void tcp.destroy());
  let text = '';
  let look = () => {};
  tcp.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    look();
  });
  return {
    write: (request: string) => tcp.write(request),
    /** The statuses of the answers, once there are so many. */
    statuses: (count: number) =>
      new Promise<number[]>((resolve) => {
        look = () => {
          const found = [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
          if (found.length >= count) resolve(found);
        };
        look();
      }),
  };
}

/** An update, delivered as Telegram does. */
function delivery(updateId: number): string {
  const body = JSON.stringify({
    update_id: updateId,
    message: { message_id: 1, date: 1, chat: { id: 1, type: 'private' } },
  });
  return [
    'POST /webhook/telegram/ HTTP/1.1',
    'Host: hub',
    'Content-Type: application/json',
    `X-Telegram-Bot-Api-Secret-Token: ${WEBHOOK_SECRET}`,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

testOfOneHub(
  'an Upgrade header anywhere but at the sockets is ignored, and the connection goes on (S26, row 28)',
  async () => {
    const hub = await startHub();
    const asked: [path: string, headers: Record<string, string>, status: number][] = [
      ['/healthz', {}, 200],
      ['/healthz', { Upgrade: 'h2c', Connection: 'Upgrade, HTTP2-Settings' }, 200],
      ['/', {}, 200],
      ['/admin/', {}, 200],
      ['/api/tpv/instructions/', {}, 401],
      ['/api/tpv/w%73', {}, 400],
      ['/api/tpv/ws/x', {}, 404],
      ['/api/tpv/ws', { Upgrade: 'h2c' }, 400],
    ];
    for (const [index, [path, headers, status]] of asked.entries()) {
      const connection = keptConnection(hub.url);
      connection.write(upgradeRequest(headers, path));
      expect(await connection.statuses(1), path).toEqual([status]);
      connection.write(delivery(index + 1));
      expect(await connection.statuses(2), path).toEqual([status, 200]);
    }
  },
);

testOfOneHub('an upgrade with another method is an ordinary request', async () => {
  const hub = await startHub();
  const connection = keptConnection(hub.url);
  connection.write(upgradeRequest({ 'Content-Length': '0' }).replace(/^GET/, 'POST'));
  expect(await connection.statuses(1)).toEqual([404]);
  connection.write(delivery(1));
  expect(await connection.statuses(2)).toEqual([404, 200]);
});

test.each(['/api/tpv/ws', '/api/tpv/ws/?x=1', '/api/socket-check'])(
  'a refused upgrade at %s says that it ends the connection, and ends it',
  async (path) => {
    const hub = await startHub();
    const socket = rawSocket(hub.url);
    socket.write(upgradeRequest({}, path));
    const { status, head } = await socket.answered();
    expect(status).toBe(401);
    expect(head.toLowerCase()).toContain('\nconnection: close');
    await socket.ended();
  },
);
