import { randomUUID } from 'node:crypto';
import type { Service, ServiceChange } from '../api/service.ts';
import type { TelegramUser } from '../api/user.ts';
import { type Clock, systemClock } from '../clock.ts';
import { CloseCode } from '../protocol/codes.ts';
import { isFinal, PRESS_COMMAND } from '../protocol/lifecycle.ts';
import type { Instruction } from '../wire/instruction.ts';
import type { FakeFile } from './fake-file.ts';
import type { HeldConnections, RefuseOptions } from './faults.ts';
import { HubServer } from './hub-server.ts';
import type { NewInstruction } from './new-instruction.ts';
import type { PushOutcome, PushRecord } from './pushes.ts';
import type { ReportRecord } from './report.ts';

/** All of them may be left out. */
export interface FakeHubOptions {
  /** Default: the machine's. Give the same `ManualClock` to the client, and move time by hand. */
  clock?: Clock;
  /** The TPV's name. Default `TPV de prueba`. */
  name?: string;
  /** Default 25,000. */
  heartbeatIntervalMs?: number;
}

/**
 * A hub within a TPV's own tests, for one TPV: a real HTTP and WebSocket server on a random port of this machine, which
 * speaks the contract, keeps nothing on disk, and misbehaves when told to.
 *
 * @example
 * await using hub = await FakeHub.start();
 * await using tpv = createTpv(hub.access);       // yours: new HubClient({ ...hub.access, … })
 * await tpv.connect();
 * const { id } = hub.say('2 cañas');
 * await hub.until(() => hub.sent(id) > 0);
 * hub.cut();                                      // before the TPV could report
 * expect((await hub.ended(id)).response).toEqual({ text: 'Pedido n.º 1' });
 */
export class FakeHub {
  /** Every report that came, in its order. */
  readonly reports: ReportRecord[];
  /** What came over HTTP, in its order: `GET /api/tpv/info/`, also for each upgrade. */
  readonly calls: string[];
  readonly #clock: Clock;
  readonly #hub: HubServer;

  /** Starts one; `close()` it, or declare it with `await using`. */
  static async start(options: FakeHubOptions = {}): Promise<FakeHub> {
    const hub = new FakeHub(options);
    await hub.#hub.listen();
    return hub;
  }

  private constructor({ clock = systemClock, name = 'TPV de prueba', heartbeatIntervalMs = 25_000 }: FakeHubOptions) {
    this.#clock = clock;
    this.#hub = new HubServer({ clock, name, heartbeatIntervalMs });
    this.reports = this.#hub.reports;
    this.calls = this.#hub.calls;
  }

  /** Where it listens: `http://127.0.0.1:<port>`. */
  get url(): string {
    return `http://127.0.0.1:${this.#hub.port}`;
  }

  /** What `HubClient` and `HubApi` need. */
  get access(): { url: string; apiKey: string } {
    return { url: this.url, apiKey: this.#hub.account.apiKey };
  }

  /** The TPV, as the hub names it. */
  get tpv(): { id: string; name: string } {
    return { id: this.#hub.account.id, name: this.#hub.account.name };
  }

  // Instructions.

  /** Hands out an instruction; its person is one of the TPV's from then on. */
  deliver(fields: NewInstruction = {}): Instruction {
    const instruction = this.#hub.ledger.add(fields);
    this.addUser({ telegram_id: instruction.telegram_user_id });
    this.#hub.handOut();
    return structuredClone(instruction);
  }

  /** A person writes: hands out a `process_message`. */
  say(text: string, from = 1001): Instruction {
    const user = this.addUser({ telegram_id: from });
    const { username, first_name, last_name, language_code } = user;
    const person = { first_name, last_name, username, language_code };
    const date = Math.floor(this.#clock.now() / 1_000);
    const message = { chat_id: from, message_id: this.#hub.ledger.list().length + 1, date, text };
    const payload = { ...message, ...person, attachments: [] };
    return this.deliver({ payload, telegram_user_id: from, telegram_username: username });
  }

  /** A person presses a button: hands out a `process_callback`. */
  press(action: string, data: unknown = null, from = 1001): Instruction {
    const ids = { push_message_id: this.pushes.at(-1)?.id ?? randomUUID(), callback_query_id: randomUUID() };
    const payload = { chat_id: from, message_id: 1, action, data, ...ids };
    return this.deliver({ command: PRESS_COMMAND, payload, telegram_user_id: from });
  }

  /** An instruction as it stands; undefined where it is not this TPV's (any more). */
  instruction(id: string): Instruction | undefined {
    return structuredClone(this.#hub.ledger.get(id));
  }

  /** How often an instruction was sent over a socket, or fetched. */
  sent(id: string): number {
    return this.#hub.sent.get(id) ?? 0;
  }

  /** Sends an instruction over the open socket once more, whatever became of it; a client answers it from memory. */
  repeat(id: string): void {
    const instruction = this.#hub.ledger.repeat(id);
    if (instruction !== undefined) this.#hub.say(instruction);
  }

  /** Takes an instruction back: `reassigned` to another TPV, or failed with any other reason. */
  revoke(id: string, reason = 'reassigned'): void {
    this.#hub.ledger.revoke(id, reason);
    this.#hub.changes.happened();
  }

  /** Resolves with an instruction when it is completed or failed. */
  async ended(id: string): Promise<Instruction> {
    let ended: Instruction | undefined;
    await this.until(() => {
      ended = this.instruction(id);
      return ended === undefined || isFinal(ended.status);
    });
    if (ended === undefined)
      throw new Error(`FakeHub.ended: there is no instruction ${id}: look whether it was revoked`);
    return ended;
  }

  /** An administrator says whether the restaurant attends: the TPV hears of it. Throws where the hub would refuse it. */
  setService(change: ServiceChange): Service {
    return this.#hub.account.service.change({ ...change });
  }

  // People, their files, and messages to them.

  /** Makes a person one of the TPV's, or changes one; fields that are left out are made up. */
  addUser(fields: Partial<TelegramUser> & { telegram_id: number }): TelegramUser {
    return this.#hub.account.addUser(fields);
  }

  /** Makes a file that `HubApi.file(fileId)` gets. */
  addFile(fileId: string, file: FakeFile): void {
    this.#hub.files.set(fileId, file);
  }

  /** Every message that was pushed, in its order; one for all pushes with one idempotency key. */
  get pushes(): readonly PushRecord[] {
    return this.#hub.pushes.records;
  }

  /** How Telegram takes what is pushed from now on. */
  answerPushes(outcome: PushOutcome): void {
    this.#hub.pushes.outcome = outcome;
  }

  // Faults.

  /** Whether the TPV's socket is open. */
  get connected(): boolean {
    return this.#hub.gateway.session !== undefined;
  }

  /** Cuts every connection without a word, as a network does. What was delayed is lost. */
  cut(): void {
    this.#hub.cut();
  }

  /** Takes the next report, or the next `times`, and cuts the connection instead of answering: the TPV can't know. */
  cutAtReport(times = 1): void {
    this.#hub.faults.cutAtReports = times;
  }

  /** Everything that the hub says comes so much later from now on, in its order; 0 ends it. */
  delay(ms: number): void {
    this.#hub.later.delayMs = ms;
  }

  /** Holds upgrades back from now on, to let them through in another order. */
  holdConnections(): HeldConnections {
    return this.#hub.faults.hold();
  }

  /** Closes the socket with a code of the contract (4501: another process took over). */
  closeSocket(code: number, reason = ''): void {
    this.#hub.gateway.session?.socket.close(code, reason);
  }

  /** Refuses upgrades and REST calls, until `accept()`. Connections that are open stay open. */
  refuse(options: RefuseOptions): void {
    this.#hub.faults.refuse(options);
  }

  /** Refuses no more. */
  accept(): void {
    this.#hub.faults.refuse(undefined);
  }

  /** Says that it is about to close: sends nothing new, and lets no socket in before `restart()`. */
  drain({ reason = 'restart', reconnectAfterMs = 1_000 }: { reason?: string; reconnectAfterMs?: number } = {}): void {
    this.#hub.faults.draining = true;
    this.#hub.gateway.session?.say({ type: 'drain', reason, reconnect_after_ms: reconnectAfterMs });
    this.#hub.changes.happened();
  }

  /** Ends a drain as a restarted hub does: closes with 1012, and lets the TPV in again. */
  restart(): void {
    this.closeSocket(CloseCode.Restart, 'restart');
    this.#hub.faults.draining = false;
    this.#hub.changes.happened();
  }

  /** Resolves as soon as `condition` holds; it is looked at whenever anything happens here. */
  until(condition: () => boolean): Promise<void> {
    return this.#hub.changes.until(condition);
  }

  /** Cuts what is open and ends. A second call does nothing. */
  close(): Promise<void> {
    return this.#hub.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
