import { Api } from 'grammy';
import { onTestFinished } from 'vitest';
import { type EmulatorEvent, type EmulatorOptions, startEmulator } from '../../demo/emulator/mod.ts';
import { testClock } from './clock.ts';
import { patience } from './within.ts';

type Tried = Extract<EmulatorEvent, { kind: 'delivery' }>;

/** An emulator on a clock that the test moves, and a bot that asks it over HTTP. */
export async function emulatorOnClock(options: EmulatorOptions = {}) {
  const clock = testClock();
  const tries: Tried[] = [];
  const emulator = await startEmulator({
    clock,
    random: () => 0.5,
    onEvent: (event) => {
      if (event.kind === 'delivery') tries.push(event);
    },
    ...options,
  });
  onTestFinished(() => emulator.close());
  const api = new Api(emulator.token, { apiRoot: emulator.apiRoot, timeoutSeconds: 30 });
  return {
    emulator,
    api,
    clock,
    /** Tries to deliver an update, as they ended. */
    tries,
    /** Waits until so many ended, and gives the last of them. */
    async tried(count: number): Promise<Tried> {
      await holds(
        () => tries.length >= count,
        () => `${tries.length} of ${count} tries ended`,
      );
      const last = tries[count - 1];
      if (last === undefined) throw new Error('There is no such try.');
      return last;
    },
  };
}

/** Waits until something is so, while sockets go on. */
export async function holds(isSo: () => boolean, what: () => string): Promise<void> {
  for (const waits = patience(what); !isSo(); waits()) await new Promise((resolve) => setImmediate(resolve));
}
