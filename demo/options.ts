import { parseArgs } from 'node:util';
import type { WantedHubs } from './stage.ts';

export interface DemoOptions {
  once: boolean;
  help: boolean;
  /** Undefined: one hub, on SQLite. */
  hubs: WantedHubs | undefined;
}

/**
 * Reads the demo's command line.
 * @throws Error with a sentence about what it does not know
 */
export function readOptions(args: string[]): DemoOptions {
  const { values } = parseArgs({
    args,
    options: { once: { type: 'boolean' }, hubs: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  const { once = false, help = false, hubs } = values;
  if (hubs !== undefined && !/^[1-9]$/.test(hubs)) throw new Error('--hubs takes a number from 1 to 9, such as 3.');
  return { once, help, hubs: hubs === undefined ? undefined : { count: Number(hubs) } };
}
