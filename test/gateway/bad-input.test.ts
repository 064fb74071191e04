import { expect, test } from 'vitest';
import { startWatchedHub, type WatchedHub } from '../support/bystander.ts';
import { rawSocket } from '../support/raw-socket.ts';

/** Node looks for slow connections every 2 s; here they are slow sooner than the 10 s and 120 s of the hub. */
function hurry({ hub }: WatchedHub): void {
  const { server } = hub.app;
  expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 120_000 });
  Object.assign(server, { headersTimeout: 300, requestTimeout: 600 });
}

test('row 12: who sends headers or a body byte by byte is ended with 408, and nobody else is disturbed', async () => {
  const hub = await startWatchedHub();
  hurry(hub);
  const headers = rawSocket(hub.url);
  const body = rawSocket(hub.url);
  const silent = rawSocket(hub.url);
  body.write(
    `POST /api/tpv/heartbeat/ HTTP/1.1\r\nHost: hub\r\nAuthorization: ApiKey ${hub.victim.key}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n',
  );
  headers.write('GET /api/tpv/info/ HTTP/1.1\r\nHost: hub\r\nX-Slow: ');
  const trickle = setInterval(() => {
    headers.write('x');
    body.write(' ');
  }, 50);
  try {
    await hub.undisturbed();
    for (const socket of [headers, body]) {
      expect((await socket.answered()).status).toBe(408);
      await socket.ended();
    }
    await silent.ended();
  } finally {
    clearInterval(trickle);
  }
  await hub.undisturbed();
});

test('row 13: Content-Length together with Transfer-Encoding is 400, and what follows is no request', async () => {
  const hub = await startWatchedHub();
  const smuggled = `GET /api/tpv/info/ HTTP/1.1\r\nHost: hub\r\nAuthorization: ApiKey ${hub.victim.key}\r\n\r\n`;
  const heads = [
    `Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    `Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${smuggled}`,
    `Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}   ${smuggled}`,
    `Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`,
    `Content-Length: -1\r\n\r\n${smuggled}`,
    `Content-Length: 0x5\r\n\r\n{}   ${smuggled}`,
  ];
  for (const head of heads) {
    const socket = rawSocket(hub.url);
    socket.write(`POST /api/tpv/heartbeat/ HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n${head}`);
    const { status } = await socket.answered();
    await socket.ended();
    expect([head, status]).toEqual([head, 400]);
    expect((await socket.answered()).body).not.toContain('is_online');
  }
  await hub.undisturbed();
});

test('row 13: two thousand headers, or one of 100 KB, are 431', async () => {
  const hub = await startWatchedHub();
  const many = Array.from({ length: 2_000 }, (_, i) => `X-Header-${i}: value`).join('\r\n');
  for (const lines of [many, `X-Large: ${'x'.repeat(100_000)}`]) {
    const socket = rawSocket(hub.url);
    socket.write(`GET /api/tpv/info/ HTTP/1.1\r\nHost: hub\r\n${lines}\r\n\r\n`);
    expect((await socket.answered()).status).toBe(431);
    await socket.ended();
  }
  await hub.undisturbed();
});

test('what is no HTTP is 400 or closed', async () => {
  const hub = await startWatchedHub();
  for (const bytes of ['\x16\x03\x01\x02\x00\x01\x00', 'hello\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', '\0'.repeat(1_000)]) {
    const socket = rawSocket(hub.url);
    socket.write(bytes);
    expect((await socket.answered()).status).toBe(400);
    await socket.ended();
  }
  await hub.undisturbed();
});

test('a hundred connections that say nothing disturb nobody', async () => {
  const hub = await startWatchedHub();
  const sockets = Array.from({ length: 100 }, () => rawSocket(hub.url));
  for (const socket of sockets) socket.write('POST /api/tpv/heartbeat/ HTTP/1.1\r\n');
  await hub.undisturbed();
});
