import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { Session, type SessionPorts } from '../../src/gateway/socket-session.ts';
import { serviceNowAnswer } from '../../src/tpvs/service/service-answer.ts';
import { SPANISH } from '../../src/wording/wording.ts';
import { testClock } from '../support/clock.ts';
import { socketPair } from '../support/wire.ts';
import { WAIT_MS } from '../support/within.ts';

const AT_ONCE = 256;
const TPV = 'a-tpv';
const OPEN = serviceNowAnswer({ state: 'open' });

/** A session over a real socket, before its welcome; the frames that the TPV got, and what it said. */
async function openSession(ports: Partial<SessionPorts> = {}) {
  const { server, connection, client } = await socketPair();
  const frames: Record<string, unknown>[] = [];
  client.on('message', (data) => frames.push(JSON.parse(data.toString())));
  const identity = { id: 'a-session', tpvId: TPV, tpvName: 'Bar', keyId: 'a-key', address: '127.0.0.1' };
  const session = new Session(server, identity, {
    connection,
    clock: testClock(),
    report: async () => {},
    push: () => Promise.reject(new Error('nobody pushes here')),
    keepService: () => Promise.reject(new Error('nobody pauses here')),
    wording: SPANISH,
    onRoom: () => {},
    onEnd: () => {},
    onHeard: () => {},
    onFault: (error) => expect.unreachable(String(error)),
    ...ports,
  });
  /** Resolves when the TPV has got all that was said so far. */
  const arrived = async () => {
    const pong = once(server, 'pong');
    server.ping();
    await pong;
  };
  return { session, server, client, frames, arrived };
}

test('what happens before the welcome is said after it', async () => {
  const { session, frames, arrived } = await openSession();
  session.drain('restart', 700);
  session.tellService({ ...OPEN, state: 'paused' });
  session.welcome(3, 25_000, OPEN);
  await arrived();
  expect(frames).toEqual([
    expect.objectContaining({ type: 'welcome', pending: 3 }),
    { type: 'drain', reason: 'restart', reconnect_after_ms: 700 },
    { type: 'service', service: { ...OPEN, state: 'paused' } },
  ]);
});

test('256 reports under way stop the reading, and it goes on once they are kept', async () => {
  const commits = Promise.withResolvers<void>();
  const reported: string[] = [];
  const { session, server, client } = await openSession({
    report: ({ id }) => {
      reported.push(id);
      return commits.promise.then(() => undefined);
    },
  });
  session.welcome(0, 25_000, OPEN);
  const report = (n: number) => client.send(JSON.stringify({ type: 'update', id: `${n}`, status: 'delivered' }));
  for (let n = 1; n <= AT_ONCE; n++) report(n);
  await vi.waitFor(() => expect(reported).toHaveLength(AT_ONCE), { timeout: WAIT_MS, interval: 1 });
  expect(server.isPaused).toBe(true);
  report(AT_ONCE + 1);
  commits.resolve();
  await vi.waitFor(() => expect(reported).toHaveLength(AT_ONCE + 1), { timeout: WAIT_MS, interval: 1 });
  expect(server.isPaused).toBe(false);
});
