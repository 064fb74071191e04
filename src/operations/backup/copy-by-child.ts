import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** A copy that takes longer hangs, as on a network folder that is away. */
const MOST_MS = 6 * 3_600_000;
/** Of the environment; the rest holds secrets that the copy does not need. */
const PASSED_ON = ['PATH', 'TMPDIR', 'SystemRoot', 'NODE_COMPILE_CACHE', 'HOME', 'PGPASSWORD', 'PGPASSFILE'];

/**
 * Makes a copy of a database with the command `backup`, in a process of its own: reading and checking it takes
 * minutes, in which the hub's event loop must turn, and whatever befalls that process harms nothing here. Its start
 * holds the loop for some milliseconds, once a night.
 * @param program the command line's main file
 * @param url the database, a file by its absolute path
 * @param signal kills the process
 * @throws Error that says what the process said
 */
export async function copyByChild(program: string, url: string, target: string, signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [program, 'backup', target, '--json'], {
    // An empty variable counts as absent, and wins over the .env in this folder: only one of the two may be set.
    env: { ...passedOn(), DATABASE_URL: url, DATABASE_URL_FILE: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: MOST_MS,
    killSignal: 'SIGKILL',
  });
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  try {
    const [said, [code, killedBy]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    if (code === 0) return;
    throw new Error(`The copying program ended with ${killedBy ?? code}. ${faultsIn(said)}`.trim());
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

function passedOn(): Record<string, string | undefined> {
  return Object.fromEntries(PASSED_ON.map((name) => [name, process.env[name]]));
}

const MOST_SAID = 500;

/** What a command says with `--json`, or, where Node itself failed, the end of what it said. */
function faultsIn(said: string): string {
  try {
    return JSON.parse(said).faults.join(' ').slice(0, MOST_SAID);
  } catch {
    return said.trim().slice(-MOST_SAID);
  }
}
