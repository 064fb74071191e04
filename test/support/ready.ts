import { expect } from 'vitest';
import { WAIT_MS } from './within.ts';

/** Asserts that a hub is ready. A machine with much else to do may have held up its start: it says so for up to 20 s. */
export async function expectReady(url: string | URL): Promise<void> {
  const readiness = async () => (await fetch(new URL('/readyz', url))).json();
  await expect.poll(readiness, { timeout: 2 * WAIT_MS }).toEqual({ status: 'ok', problems: [] });
}
