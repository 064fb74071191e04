import type { HubClient } from '#hub-client';
import type { Person } from '../../demo/emulator/mod.ts';
import type { Debian } from './debian.ts';
import type { World } from './world.ts';

/** Where a trial plays. */
export interface Stage {
  debian: Debian;
  world: World;
  /** Who writes to the bot. */
  person: Person;
}

/** The same, once the hub is installed and a restaurant's TPV is connected. */
export interface Installed extends Stage {
  tpv: HubClient;
  /** What took more than is promised. */
  missed: readonly string[];
}
