// Exchanges the program of a toy hub, and kills itself before one of its steps.
//   killed-exchange.ts FOLDER STEP works|fails
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { systemClock } from '../../src/clock.ts';
import { exchange } from '../../src/operations/upgrade/exchange.ts';
import { NEW, toyHubIn, toyService } from '../support/toy-hub.ts';

const [folder = '', step = '', newWorks = ''] = process.argv.slice(2);
const hub = toyHubIn(folder);
let left = Number(step);

/** Before whatever a machine that starts again would find changed. */
function beforeStep(): void {
  if (left-- === 0) process.kill(process.pid, 'SIGKILL');
}

/** Whether a call leaves the disk as it was. */
const changesNothing: Record<string, (first: unknown, second: unknown) => boolean> = {
  rmSync: (path) => !fs.existsSync(String(path)),
  openSync: (_, flags) => flags === 'r',
};

for (const name of ['renameSync', 'symlinkSync', 'linkSync', 'rmSync', 'openSync'] as const) {
  const real = fs[name] as (...args: unknown[]) => unknown;
  Object.assign(fs, {
    [name](...args: unknown[]) {
      if (changesNothing[name]?.(args[0], args[1]) !== true) beforeStep();
      return real(...args);
    },
  });
}
syncBuiltinESMExports();

const real = toyService(hub, newWorks === 'works');
const ending = new AbortController();
await exchange(
  {
    ...hub,
    service: {
      isActive: () => real.isActive(),
      async stop() {
        beforeStep();
        await real.stop();
      },
      async start(limitMs) {
        beforeStep();
        await real.start(limitMs);
      },
      async isReady() {
        beforeStep();
        const ready = await real.isReady();
        if (!ready) ending.abort(new Error('It is never ready.'));
        return ready;
      },
    },
    clock: systemClock(),
    signal: ending.signal,
    say: () => {},
  },
  NEW,
  { waiting: ['made-by-new'], migrationMs: 0 },
).catch((error) => {
  if (newWorks === 'works') throw error;
});
// No step was the last one.
process.stdout.write('done');
process.exit(0);
