import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TelegramUser } from '../api/user.ts';
import { type Clock, systemClock } from '../clock.ts';
import { CloseCode } from '../protocol/codes.ts';
import { isFinal, PRESS_COMMAND } from '../protocol/lifecycle.ts';
import type { Instruction } from '../wire/instruction.ts';
import { Account } from './account.ts';
import { Changes } from './changes.ts';
import type { FakeFile } from './fake-file.ts';
import type { HeldConnections } from './faults.ts';
import { Faults, type RefuseOptions } from './faults.ts';
import { Gateway } from './gateway.ts';
import { Later } from './later.ts';
import { Ledger, POLL } from './ledger.ts';
import type { NewInstruction } from './new-instruction.ts';
import type { PushOutcome, PushRecord } from './pushes.ts';
import { Pushes } from './pushes.ts';
import { Refusal } from './refusal.ts';
import type { ReportFields, ReportRecord } from './report.ts';
import { answerRest, type RestAnswer } from './rest.ts';

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
  readonly reports: ReportRecord[] = [];
  /** What came over HTTP, in its order: `GET /api/tpv/info/`, also for each upgrade. */
  readonly calls: string[] = [];
  readonly #changes = new Changes();
  readonly #clock: Clock;
  readonly #account: Account;
  readonly #ledger: Ledger;
  readonly #pushes = new Pushes();
  readonly #files = new Map<string, FakeFile>();
  readonly #sent = new Map<string, number>();
  readonly #faults = new Faults(() => this.#changes.happened());
  readonly #later: Later;
  readonly #gateway: Gateway;
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  #closed = false;

  /** Starts one; `close()` it, or declare it with `await using`. */
  static async start(options: FakeHubOptions = {}): Promise<FakeHub> {
    const hub = new FakeHub(options);
    hub.#server.listen(0, '127.0.0.1');
    await once(hub.#server, 'listening');
    return hub;
  }

  private constructor({ clock = systemClock, name = 'TPV de prueba', heartbeatIntervalMs = 25_000 }: FakeHubOptions) {
    this.#clock = clock;
    this.#account = new Account(name, clock);
    this.#later = new Later(clock);
    this.#ledger = new Ledger({
      clock,
      ready: () => this.#look(),
      again: (instruction) => this.#sayInstruction(instruction),
      revoked: (id, reason) => {
        this.#gateway.session?.say({ type: 'revoked', id, reason });
        this.#look();
      },
    });
    this.#gateway = new Gateway({
      clock,
      account: this.#account,
      faults: this.#faults,
      later: this.#later,
      ledger: this.#ledger,
      heartbeatIntervalMs,
      report: (report, holder) => this.#report(report, holder, 'websocket'),
      push: (fields, idempotencyKey) => {
        const { body } = this.#pushes.take({ fields, idempotencyKey }, (id) => this.#account.users.has(id));
        this.#changes.happened();
        return body;
      },
      look: () => this.#look(),
    });
    this.#server = createServer((request, response) => void this.#rest(request, response));
    this.#server.on('connection', (socket) => {
      this.#connections.add(socket);
      socket.on('close', () => this.#connections.delete(socket));
    });
    this.#server.on('upgrade', (request, socket, head) => {
      this.calls.push(`${request.method} ${request.url}`);
      this.#gateway.upgrade(request, socket, head);
      this.#changes.happened();
    });
  }

  /** Where it listens: `http://127.0.0.1:<port>`. */
  get url(): string {
    // A TCP server's address is an object; only pipes have a string.
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** What `HubClient` and `HubApi` need. */
  get access(): { url: string; apiKey: string } {
    return { url: this.url, apiKey: this.#account.apiKey };
  }

  /** The TPV, as the hub names it. */
  get tpv(): { id: string; name: string } {
    return { id: this.#account.id, name: this.#account.name };
  }

  // Instructions.

  /** Hands out an instruction; its person is one of the TPV's from then on. */
  deliver(fields: NewInstruction = {}): Instruction {
    const instruction = this.#ledger.add(fields);
    this.addUser({ telegram_id: instruction.telegram_user_id });
    this.#look();
    return structuredClone(instruction);
  }

  /** A person writes: hands out a `process_message`. */
  say(text: string, from = 1001): Instruction {
    const user = this.addUser({ telegram_id: from });
    const { username, first_name, last_name, language_code } = user;
    const person = { first_name, last_name, username, language_code };
    const date = Math.floor(this.#clock.now() / 1_000);
    const message = { chat_id: from, message_id: this.#ledger.list().length + 1, date, text };
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
    return structuredClone(this.#ledger.get(id));
  }

  /** How often an instruction was sent over a socket, or fetched. */
  sent(id: string): number {
    return this.#sent.get(id) ?? 0;
  }

  /** Sends an instruction over the open socket once more, whatever became of it; a client answers it from memory. */
  repeat(id: string): void {
    const instruction = this.#ledger.repeat(id);
    if (instruction !== undefined) this.#sayInstruction(instruction);
  }

  /** Takes an instruction back: `reassigned` to another TPV, or failed with any other reason. */
  revoke(id: string, reason = 'reassigned'): void {
    this.#ledger.revoke(id, reason);
    this.#changes.happened();
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

  // People, their files, and messages to them.

  /** Makes a person one of the TPV's, or changes one; fields that are left out are made up. */
  addUser(fields: Partial<TelegramUser> & { telegram_id: number }): TelegramUser {
    return this.#account.addUser(fields);
  }

  /** Makes a file that `HubApi.file(fileId)` gets. */
  addFile(fileId: string, file: FakeFile): void {
    this.#files.set(fileId, file);
  }

  /** Every message that was pushed, in its order; one for all pushes with one idempotency key. */
  get pushes(): readonly PushRecord[] {
    return this.#pushes.records;
  }

  /** How Telegram takes what is pushed from now on. */
  answerPushes(outcome: PushOutcome): void {
    this.#pushes.outcome = outcome;
  }

  // Faults.

  /** Whether the TPV's socket is open. */
  get connected(): boolean {
    return this.#gateway.session !== undefined;
  }

  /** Cuts every connection without a word, as a network does. What was delayed is lost. */
  cut(): void {
    this.#later.drop();
    for (const socket of this.#connections) socket.destroy();
  }

  /** Takes the next report, or the next `times`, and cuts the connection instead of answering: the TPV can't know. */
  cutAtReport(times = 1): void {
    this.#faults.cutAtReports = times;
  }

  /** Everything that the hub says comes so much later from now on, in its order; 0 ends it. */
  delay(ms: number): void {
    this.#later.delayMs = ms;
  }

  /** Holds upgrades back from now on, to let them through in another order. */
  holdConnections(): HeldConnections {
    return this.#faults.hold();
  }

  /** Closes the socket with a code of the contract (4501: another process took over). */
  closeSocket(code: number, reason = ''): void {
    this.#gateway.session?.socket.close(code, reason);
  }

  /** Refuses upgrades and REST calls, until `accept()`. Connections that are open stay open. */
  refuse(options: RefuseOptions): void {
    this.#faults.refuse(options);
  }

  /** Refuses no more. */
  accept(): void {
    this.#faults.refuse(undefined);
  }

  /** Says that it is about to close: nothing new goes out, and nobody gets in before `restart()`. */
  drain({ reason = 'restart', reconnectAfterMs = 1_000 }: { reason?: string; reconnectAfterMs?: number } = {}): void {
    this.#faults.draining = true;
    this.#gateway.session?.say({ type: 'drain', reason, reconnect_after_ms: reconnectAfterMs });
    this.#changes.happened();
  }

  /** Ends a drain as a restarted hub does: closes with 1012, and lets the TPV in again. */
  restart(): void {
    this.closeSocket(CloseCode.Restart, 'restart');
    this.#faults.draining = false;
    this.#changes.happened();
  }

  /** Resolves as soon as `condition` holds; it is looked at whenever anything happens here. */
  until(condition: () => boolean): Promise<void> {
    return this.#changes.until(condition);
  }

  /** Cuts what is open and ends. Again is fine. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#gateway.close();
    this.#later.drop();
    this.#ledger.close();
    this.#changes.close();
    const ended = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Hands out what waits, as far as the socket takes it. */
  #look(): void {
    const { session } = this.#gateway;
    if (session !== undefined && !this.#faults.draining && !this.#closed) {
      const room = session.maxInFlight - this.#ledger.unreported(session.id);
      for (const instruction of this.#ledger.claim(session.id, room)) this.#sayInstruction(instruction);
    }
    this.#changes.happened();
  }

  #sayInstruction(instruction: Instruction): void {
    const { session } = this.#gateway;
    if (session === undefined) return;
    this.#count(instruction.id);
    session.say({ type: 'instruction', instruction: structuredClone(instruction) });
  }

  #count(id: string): void {
    this.#sent.set(id, this.sent(id) + 1);
    this.#changes.happened();
  }

  #report(report: ReportFields, holder: string, transport: ReportRecord['transport']): object {
    const { id, status, response, error_message } = report;
    const record: ReportRecord = { id, status, transport, answer: 'ok' };
    if (response !== undefined) record.response = response;
    if (error_message !== undefined) record.error_message = error_message;
    this.reports.push(record);
    try {
      this.#ledger.report(report, holder);
    } catch (error) {
      if (error instanceof Refusal) record.answer = error.code;
      throw error;
    } finally {
      if (this.#faults.cutAtReports > 0) {
        this.#faults.cutAtReports--;
        this.cut();
      }
      this.#look();
    }
    return { status: 'ok', instruction_id: id, new_status: status };
  }

  async #rest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.calls.push(`${request.method} ${request.url}`);
    this.#changes.happened();
    const { status, body, headers } = await this.#answer(request, response);
    const bytes = body instanceof Uint8Array ? body : JSON.stringify(body);
    this.#later.do(() => {
      if (response.destroyed) return;
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(bytes);
    });
    this.#changes.happened();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<RestAnswer> {
    const ports = {
      clock: this.#clock,
      account: this.#account,
      ledger: this.#ledger,
      pushes: this.#pushes,
      files: this.#files,
      draining: () => this.#faults.draining || this.#closed,
      report: (report: ReportFields) => this.#report(report, POLL, 'polling'),
      fetched: (id: string) => this.#count(id),
      changed: (gone: AbortSignal) => this.#changes.next(gone),
    };
    try {
      this.#faults.check('polling');
      return await answerRest(ports, request, response);
    } catch (error) {
      // Whatever else: the request was cut while it was read, and nobody hears the answer.
      const refusal = error instanceof Refusal ? error : new Refusal('internal_error');
      return { status: refusal.status, body: refusal.body, headers: refusal.headers };
    }
  }
}
