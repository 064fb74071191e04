import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import {
  type Emulator,
  type EmulatorOptions,
  type Fault,
  type Line,
  type LineState,
  openLine,
  startEmulator,
} from '../../demo/emulator/mod.ts';
import type { Clock } from '../../src/clock.ts';
import { certificate } from '../support/certificate.ts';

/** What goes wrong. */
type Mishap =
  | { kind: 'fault'; name: string; how: Fault }
  /** The chat, or the whole bot, was flooded. */
  | { kind: 'limit'; name: string; whole: boolean; seconds: number }
  /** The kept connections are forgotten on the way. */
  | { kind: 'forget'; name: string };

const answer = (kind: 'error' | 'error_after', code: number, html?: true): Fault => ({
  kind,
  code,
  description: code === 500 ? 'Internal Server Error: restart' : 'Bad Gateway',
  ...(html && { html }),
});

const seconds = (random: () => number, most: number) => 1 + Math.floor(random() * most);

/** How often something goes wrong with a message or a change, and how. */
const MISHAPS: readonly [share: number, make: (random: () => number) => Mishap][] = [
  // What lasts up to 8 s the server itself waits out.
  [0.012, (random) => ({ kind: 'limit', name: 'flood of a chat', whole: false, seconds: seconds(random, 20) })],
  [0.001, (random) => ({ kind: 'limit', name: 'flood of the bot', whole: true, seconds: seconds(random, 12) })],
  [0.004, () => ({ kind: 'fault', name: '500', how: answer('error', 500) })],
  [0.004, () => ({ kind: 'fault', name: '500 after', how: answer('error_after', 500) })],
  [0.004, () => ({ kind: 'fault', name: '502', how: answer('error', 502, true) })],
  [0.004, () => ({ kind: 'fault', name: '502 after', how: answer('error_after', 502, true) })],
  [0.004, () => ({ kind: 'fault', name: '503', how: answer('error', 503, true) })],
  [0.004, () => ({ kind: 'fault', name: 'reset', how: { kind: 'reset' } })],
  [0.004, () => ({ kind: 'fault', name: 'reset after', how: { kind: 'reset_after' } })],
  [0.003, () => ({ kind: 'fault', name: 'hang', how: { kind: 'hang' } })],
  [0.003, () => ({ kind: 'fault', name: 'hang after', how: { kind: 'hang_after' } })],
  [0.03, (random) => ({ kind: 'fault', name: 'wait', how: { kind: 'delay', ms: Math.ceil(random() * 8_000) } })],
  [0.004, () => ({ kind: 'forget', name: 'forgotten' })],
];

/** The line's state by the share of the time that has passed: of ten minutes, two on a dead line. */
const WEATHER: readonly [from: number, until: number, state: LineState][] = [
  [0.2, 0.4, 'dead'],
  [0.5, 0.55, 'refused'],
  [0.6, 0.625, 'reset'],
  [0.65, 0.675, 'garbled'],
];

/** Telegram by TLS over a line of its own, all on a clock that the program moves; things go wrong at random. */
export class FaultyTelegram {
  readonly emulator: Emulator;
  /** Its `apiRoot` is the bot's. */
  readonly line: Line;
  /** How often what went wrong. */
  readonly mishaps: Record<string, number> = {};
  readonly #random: () => number;
  readonly #forgetCertificate: () => void;
  #state: LineState = 'open';
  #isCalm = false;

  static async open(clock: Clock, random: () => number, onEvent: EmulatorOptions['onEvent']): Promise<FaultyTelegram> {
    const tls = await certificate();
    const trusted = getCACertificates();
    setDefaultCACertificates([...trusted, tls.cert]);
    const emulator = await startEmulator({ clock, random, ...(onEvent && { onEvent }) });
    const line = await openLine(emulator.apiRoot, { tls });
    return new FaultyTelegram(emulator, line, random, () => setDefaultCACertificates(trusted));
  }

  private constructor(emulator: Emulator, line: Line, random: () => number, forgetCertificate: () => void) {
    this.emulator = emulator;
    this.line = line;
    this.#random = random;
    this.#forgetCertificate = forgetCertificate;
  }

  /** Callers that wait for time to pass, or for nothing. */
  get held(): number {
    return this.emulator.held + this.line.stuck;
  }

  /** @param share of the time that has passed; above 1 the line is open and nothing goes wrong any more */
  async weather(share: number): Promise<void> {
    this.#isCalm = share > 1;
    const state = WEATHER.find(([from, until]) => share >= from && share < until)?.[2] ?? 'open';
    if (state === this.#state) return;
    this.#state = state;
    this.#count(`line ${state}`);
    await this.line.become(state);
  }

  /** One time in twelve, something goes wrong with the next calls: of this chat, of the bot, or on the line. */
  trouble(chatId: number): void {
    if (this.#isCalm || this.#state !== 'open') return;
    const mishap = this.#chooseMishap();
    if (mishap === undefined) return;
    this.#count(mishap.name);
    switch (mishap.kind) {
      case 'limit':
        this.emulator.limit(mishap.whole ? undefined : chatId, mishap.seconds);
        return;
      case 'forget':
        this.line.forget();
        return;
      case 'fault':
        this.emulator.fail({ chatId, times: 1, how: mishap.how });
        return;
      default:
        mishap satisfies never;
    }
  }

  async close(): Promise<void> {
    this.#forgetCertificate();
    await this.line.close();
    await this.emulator.close();
  }

  #chooseMishap(): Mishap | undefined {
    let dice = this.#random();
    for (const [share, make] of MISHAPS) {
      if (dice < share) return make(this.#random);
      dice -= share;
    }
    return undefined;
  }

  #count(name: string): void {
    this.mishaps[name] = (this.mishaps[name] ?? 0) + 1;
  }
}
