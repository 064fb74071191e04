import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

const HOST = '127.0.0.1';
/**
 * From here to there no system takes the port of an outgoing connection, nor one that it picks itself. A program that is
 * killed and started again on its port would else find it taken now and then, on a machine with many connections.
 */
const LOWEST = 10_000;
const HIGHEST = 32_767;

/**
 * A port on this machine's loopback that nothing listens on, for a program that is started on it, and perhaps again
 * later: `wanted` where it is free, else one that no other call gives, in this process or in another, as long as this
 * process lives.
 */
export async function freePort(wanted = 0): Promise<number> {
  if (wanted !== 0 && (await isFree(wanted))) return wanted;
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (await reserve(port)) return port;
  }
}

/** Holds the same port of UDP, which nobody else here uses and the kernel gives back: who holds that has the other. */
async function reserve(port: number): Promise<boolean> {
  const twin = createSocket('udp4');
  try {
    twin.bind({ port, address: HOST, exclusive: true });
    await once(twin, 'listening');
  } catch {
    return false;
  }
  twin.unref();
  if (await isFree(port)) return true;
  twin.close();
  return false;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, HOST);
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
