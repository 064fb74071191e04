import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';

const START_MS = 180_000;
const LOOK_MS = 200;
const BASE_ENV = {
  HOME: '/root',
  USER: 'root',
  TERM: 'xterm',
  LANG: 'C.UTF-8',
  DEBIAN_FRONTEND: 'noninteractive',
};

/** What a person types once the command asks for it. */
export interface Typed {
  after: string;
  text: string;
}

export interface Ended {
  code: number;
  /** What the command said, and then its errors. */
  said: string;
}

/** The Debian that boot.sh boots beside this program. */
export class Debian {
  /** Its files, seen from here. */
  readonly #root: string;
  /** What its root's shell has besides. */
  readonly #env: Readonly<Record<string, string>>;
  #folder = '/root';
  /** Its first process, by the number that it has here. */
  #first = '';

  constructor(root: string, env: Readonly<Record<string, string>>) {
    this.#root = root;
    this.#env = env;
  }

  /**
   * A file of the Debian, seen from here.
   * @param path absolute; not in /run or /tmp, which are its memory
   */
  path(path: string): string {
    return join(this.#root, path);
  }

  /** Waits until systemd has started all that there is, and resolves with what it says of itself. */
  async started(): Promise<string> {
    let state = 'nothing';
    await until('The Debian did not start', async () => {
      const first = firstProcess();
      if (first === undefined) return false;
      this.#first = first;
      state = (await this.run('systemctl is-system-running')).said.trim();
      return state === 'running' || state === 'degraded';
    });
    const version = await this.must('systemctl --version');
    return `${state}, ${version.split('\n')[0]}`;
  }

  /** Restarts the machine, and waits until it is there again. */
  async reboot(): Promise<void> {
    const before = this.#first;
    await this.run('systemctl reboot');
    await until('The Debian did not restart', async () => ![undefined, before].includes(firstProcess()));
    await this.started();
  }

  /**
   * Types a command into root's shell, whose folder stays for the next one.
   * @param typed on a terminal, then: what is typed once it is asked for
   */
  async run(command: string, typed?: Typed): Promise<Ended> {
    const kept = `cd ${this.#folder} 2>/dev/null || cd; { ${command}\n}; code=$?; pwd >&3; exit $code`;
    const line = typed === undefined ? kept : `cd ${this.#folder} && script -qefc ${quoted(command)} /dev/null`;
    const env = Object.entries({ ...BASE_ENV, ...this.#env }).map(([name, value]) => `${name}=${value}`);
    const inside = ['-t', this.#first, '-a', '-r', '-w', 'env', '-i', ...env, 'bash', '-lc', line];
    const child = spawn('nsenter', inside, { stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
    const { stdin, stdout, stderr } = child;
    // What ends without having read it all.
    stdin.on('error', () => {});
    if (typed === undefined) stdin.end();
    else
      stdout.on(
        'data',
        typist(typed, (words) => stdin.write(words)),
      );
    const [out, err, folder, [code]] = await Promise.all([
      text(stdout),
      text(stderr),
      text(child.stdio[3] as Readable),
      once(child, 'close'),
    ]);
    this.#folder = folder.trim() || this.#folder;
    return { code: code ?? 128, said: `${out}${err}` };
  }

  /**
   * Types a command that has to work, and resolves with what it said.
   * @throws Error with all that it said
   */
  async must(command: string, typed?: Typed): Promise<string> {
    const { code, said } = await this.run(command, typed);
    if (code !== 0) throw new Error(`"${command}" ended with ${code}:\n${said}`);
    return said;
  }
}

/** Waits for what another program does. */
export async function until(otherwise: string, isSo: () => Promise<boolean>, limitMs = START_MS): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`${otherwise} within ${limitMs / 1_000} s.`);
    await setTimeout(LOOK_MS);
  }
}

/** The Debian's; this program sees no other processes than its own and those of the Debian. */
function firstProcess(): string | undefined {
  const { stdout } = spawnSync('pgrep', ['--oldest', '--exact', 'systemd'], { encoding: 'utf8' });
  return stdout.trim() || undefined;
}

function typist({ after, text: words }: Typed, type: (words: string) => void): (chunk: Buffer) => void {
  let seen = '';
  let isTyped = false;
  return (chunk) => {
    seen += chunk.toString();
    if (isTyped || !seen.includes(after)) return;
    isTyped = true;
    type(words);
  };
}

function quoted(words: string): string {
  return `'${words.replaceAll("'", String.raw`'\''`)}'`;
}
