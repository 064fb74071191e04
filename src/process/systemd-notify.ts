import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** Tells systemd each line that it reads, and answers with how that went. It ends when its input does, and no sooner. */
const SCRIPT = 'trap "" HUP INT TERM; while IFS= read -r word; do systemd-notify "$word"; echo "$?"; done';

/**
 * Carries words to systemd. Node can't send to a Unix datagram socket; `systemd-notify`, which is on every machine with
 * systemd, can. A shell of 2 MB that lives as long as the hub starts it: for the hub itself, each new process would cost
 * a copy of its page tables, during which nothing else runs (measured: 85 ms at 450 MB). The unit needs NotifyAccess=all.
 */
export class SystemdNotify {
  readonly #env: { NOTIFY_SOCKET: string; PATH: string | undefined };
  #shell: ChildProcessByStdio<Writable, Readable, null> | undefined;
  /** Who waits for an answer of the shell, in the order of their words. */
  #waiting: ((told: boolean) => void)[] = [];

  /** @param path the folders in which `systemd-notify` is looked for; the rest of the environment holds secrets */
  constructor(socket: string, path: string | undefined) {
    this.#env = { NOTIFY_SOCKET: socket, PATH: path };
    // While the hub is small.
    this.#shell = this.#start();
  }

  /**
   * @param word such as `READY=1`; of one line
   * @returns whether systemd heard it, once that is known
   */
  say(word: string): Promise<boolean> {
    const shell = this.#shell ?? this.#start();
    this.#shell = shell;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      shell.stdin.write(`${word}\n`);
    });
  }

  /** After this nothing is said. */
  close(): void {
    this.#shell?.stdin.end();
  }

  #start(): ChildProcessByStdio<Writable, Readable, null> {
    const shell = spawn('/bin/sh', ['-c', SCRIPT], { env: this.#env, stdio: ['pipe', 'pipe', 'ignore'] });
    // Each answer is a line of one exit code.
    let answers = '';
    shell.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (answers + chunk).split('\n');
      answers = lines.pop() ?? '';
      for (const line of lines) this.#waiting.shift()?.(line === '0');
    });
    // Without a shell nothing is heard; the next word starts another.
    const gone = () => {
      if (this.#shell === shell) this.#shell = undefined;
      for (const resolve of this.#waiting.splice(0)) resolve(false);
    };
    shell.on('error', gone).on('close', gone);
    // The end of the program says why it can't be written to.
    shell.stdin.on('error', () => {});
    return shell;
  }
}
