import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/run/longest-first.ts';
import { COMPILE_CACHE } from './test/support/compile-cache.ts';
import { TEST_MS, WAIT_MS } from './test/support/within.ts';

// The workers inherit it.
Object.assign(process.env, COMPILE_CACHE);

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/postgres.ts'],
    setupFiles: ['test/support/properties.ts'],
    // Each worker loads the hub's modules once. A test leaves nothing behind in them: what it starts ends with it.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // The tests mostly wait, for sockets, commits and other programs: two workers more than cores keep these busy.
    maxWorkers: availableParallelism() + 2,
    // Also on a busy machine, and while sending rests for a second after a message that may have arrived.
    expect: { poll: { timeout: WAIT_MS } },
    // A process starts slowly on a machine with much else to do.
    testTimeout: TEST_MS,
    hookTimeout: TEST_MS,
    // Cut off, it would leave PostgreSQL behind.
    teardownTimeout: TEST_MS,
  },
});
