import { join } from 'node:path';

/**
 * For the environment of a process of the hub: Node keeps the compiled sources there, types stripped, and the next
 * process starts in half the time.
 */
export const COMPILE_CACHE = {
  NODE_COMPILE_CACHE: join(import.meta.dirname, '../../node_modules/.cache/compiled'),
} as const;
