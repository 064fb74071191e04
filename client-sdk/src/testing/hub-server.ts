import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Instruction } from '../wire/instruction.ts';
import { Account } from './account.ts';
import { Changes } from './changes.ts';
import type { FakeFile } from './fake-file.ts';
import { Faults } from './faults.ts';
import { Gateway } from './gateway.ts';
import { Later } from './later.ts';
import { Ledger, POLL } from './ledger.ts';
import { Pushes } from './pushes.ts';
import { Refusal } from './refusal.ts';
import type { ReportFields, ReportRecord } from './report.ts';
import { answerRest, type RestAnswer } from './rest.ts';

/** Whose `hub_test` is: no person's. */
const NOBODY = 0;

export interface HubServerOptions {
  clock: Clock;
  /** The TPV's name. */
  name: string;
  heartbeatIntervalMs: number;
}

/** The server behind a `FakeHub`: puts its parts together, and does by itself what a hub does. */
export class HubServer {
  readonly reports: ReportRecord[] = [];
  readonly calls: string[] = [];
  readonly changes = new Changes();
  readonly account: Account;
  readonly ledger: Ledger;
  readonly pushes = new Pushes();
  readonly files = new Map<string, FakeFile>();
  /** How often each instruction was handed out, by its id. */
  readonly sent = new Map<string, number>();
  readonly faults = new Faults(() => this.changes.happened());
  readonly later: Later;
  readonly gateway: Gateway;
  readonly #clock: Clock;
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  #closed = false;

  constructor({ clock, name, heartbeatIntervalMs }: HubServerOptions) {
    this.#clock = clock;
    this.account = new Account(name, clock, (service) => {
      this.gateway.session?.say({ type: 'service', service });
      this.changes.happened();
    });
    this.later = new Later(clock);
    this.ledger = new Ledger({
      clock,
      ready: () => this.handOut(),
      again: (instruction) => this.say(instruction),
      revoked: (id, reason) => {
        this.gateway.session?.say({ type: 'revoked', id, reason });
        this.handOut();
      },
    });
    this.gateway = new Gateway({
      clock,
      account: this.account,
      faults: this.faults,
      later: this.later,
      ledger: this.ledger,
      heartbeatIntervalMs,
      report: (report, holder) => this.#report(report, holder, 'websocket'),
      push: (fields, idempotencyKey) => {
        const { body } = this.pushes.take({ fields, idempotencyKey }, (id) => this.account.users.has(id));
        this.changes.happened();
        return body;
      },
      handOut: () => this.handOut(),
    });
    this.#server = createServer((request, response) => void this.#rest(request, response));
    this.#server.on('connection', (socket) => {
      this.#connections.add(socket);
      socket.on('close', () => this.#connections.delete(socket));
    });
    this.#server.on('upgrade', (request, socket, head) => {
      this.calls.push(`${request.method} ${request.url}`);
      this.gateway.upgrade(request, socket, head);
      this.changes.happened();
    });
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get port(): number {
    // A TCP server's address is an object; only pipes have a string.
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cuts every connection; what was delayed is lost. */
  cut(): void {
    this.later.drop();
    for (const socket of this.#connections) socket.destroy();
    this.gateway.cut();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.gateway.close();
    this.later.drop();
    this.account.service.close();
    this.changes.close();
    const ended = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await ended;
    // Last: what the TPV had in hand went back in line, and waits for the end of its time.
    this.ledger.close();
  }

  /** Hands out what waits, as far as the socket has room for it. */
  handOut(): void {
    const { session } = this.gateway;
    if (session !== undefined && !this.faults.draining && !this.#closed) {
      const room = session.maxInFlight - this.ledger.unreported(session.id);
      for (const instruction of this.ledger.claim(session.id, room)) this.say(instruction);
    }
    this.changes.happened();
  }

  /** Sends an instruction over the open socket. */
  say(instruction: Instruction): void {
    const { session } = this.gateway;
    if (session === undefined) return;
    this.#count(instruction.id);
    session.say({ type: 'instruction', instruction: structuredClone(instruction) });
  }

  #count(id: string): void {
    this.sent.set(id, (this.sent.get(id) ?? 0) + 1);
    this.changes.happened();
  }

  #report(report: ReportFields, holder: string, transport: ReportRecord['transport']): object {
    const { id, status, response, error_message, reply } = report;
    const record: ReportRecord = { id, status, transport, answer: 'ok' };
    if (response !== undefined) record.response = response;
    if (error_message !== undefined) record.error_message = error_message;
    if (reply !== undefined) record.reply = reply;
    this.reports.push(record);
    let messageId: string | undefined;
    try {
      if (reply !== undefined) Pushes.checkReply(reply);
      const person = this.ledger.get(id)?.telegram_user_id;
      const isNews = this.ledger.report(report, holder) && person !== NOBODY;
      if (reply !== undefined) {
        const fields = isNews ? { ...reply, telegram_user_id: person } : undefined;
        messageId = this.pushes.reply(`${id}:reply:${status}`, fields);
      }
    } catch (error) {
      if (error instanceof Refusal) record.answer = error.code;
      throw error;
    } finally {
      if (this.faults.cutAtReports > 0) {
        this.faults.cutAtReports--;
        this.cut();
      }
      this.handOut();
    }
    const message = messageId === undefined ? {} : { push_message_id: messageId };
    return { status: 'ok', instruction_id: id, new_status: status, ...message };
  }

  async #rest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.calls.push(`${request.method} ${request.url}`);
    this.changes.happened();
    const { status, body, headers } = await this.#answer(request, response);
    const bytes = body instanceof Uint8Array ? body : JSON.stringify(body);
    this.later.do(() => {
      if (response.destroyed) return;
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(bytes);
    });
    this.changes.happened();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<RestAnswer> {
    const ports = {
      clock: this.#clock,
      account: this.account,
      ledger: this.ledger,
      pushes: this.pushes,
      files: this.files,
      draining: () => this.faults.draining || this.#closed,
      report: (report: ReportFields) => this.#report(report, POLL, 'polling'),
      fetched: (id: string) => this.#count(id),
      changed: (gone: AbortSignal) => this.changes.next(gone),
    };
    try {
      this.faults.check('polling');
      return await answerRest(ports, request, response);
    } catch (error) {
      // Any other error means that the request was cut while it was read; no answer can reach its sender.
      const refusal = error instanceof Refusal ? error : new Refusal('internal_error');
      return { status: refusal.status, body: refusal.body, headers: refusal.headers };
    }
  }
}
