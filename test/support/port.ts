import { randomInt } from 'node:crypto';
import { freePort as freeOrAnother } from '../../demo/port.ts';

/**
 * From here to there no system takes the port of an outgoing connection, nor one that it picks itself. A program that is
 * killed and started again on its port would else find it taken now and then, on a machine with many connections.
 */
const LOWEST = 10_000;
const HIGHEST = 32_767;

/** A port of 127.0.0.1 that nothing listens on, for a program that is started on it, and perhaps again later. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if ((await freeOrAnother(port)) === port) return port;
  }
}
