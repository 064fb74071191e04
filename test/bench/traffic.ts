import { setTimeout as pause } from 'node:timers/promises';
import { HttpConnection } from './http-connection.ts';
import { WEBHOOK_SECRET } from './hub-environment.ts';
import { Latencies } from './latencies.ts';
import { TpvSocket } from './tpv-socket.ts';

/** People who write, in turn. */
const PEOPLE = 1_000;
/** What is under way when a run ends may take this long to be reported. */
const LAST_REPORT_MS = 30_000;

export interface Run {
  connections: number;
  seconds: number;
  /** Updates per second, whether or not the hub keeps up; without it every connection sends its next at once. */
  rate?: number;
}

export interface RunResult {
  /** From sending the update to Telegram's 200, to the instruction at the TPV, to the hub's word on the report. */
  answered: Latencies;
  delivered: Latencies;
  reported: Latencies;
  /** Updates that were answered otherwise than with 200. */
  refused: number;
  /** Per second, from the first update to the last answer, and to the last report. */
  answeredPerSecond: number;
  reportedPerSecond: number;
}

/** Plays Telegram, which sends updates, and the TPVs, which report on every instruction at once. */
export class Traffic {
  readonly #url: URL;
  readonly #sockets: TpvSocket[] = [];
  readonly #sentAt = new Map<number, number>();
  #result = emptyResult();
  #next = Math.floor(Math.random() * 1e9);
  #lastReportAt = 0;
  #settled: (() => void) | undefined;

  constructor(url: URL) {
    this.#url = url;
  }

  /** Connects one socket per TPV. */
  async connect(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const socket = await TpvSocket.open(this.#url, key, {
        instruction: (id) => this.#measure(this.#result.delivered, id),
        reported: (id) => this.#reported(id),
      });
      this.#sockets.push(socket);
    }
  }

  /** Sends updates, and waits until all that were taken are reported on. */
  async run({ connections, seconds, rate }: Run): Promise<RunResult> {
    this.#result = emptyResult();
    const open = await Promise.all(Array.from({ length: connections }, () => HttpConnection.open(this.#url)));
    const startedAt = performance.now();
    const until = startedAt + seconds * 1_000;
    if (rate === undefined) {
      const asFastAsItGoes = async (connection: HttpConnection) => {
        while (performance.now() < until) await this.#post(connection, this.#begin());
      };
      await Promise.all(open.map(asFastAsItGoes));
    } else {
      await this.#atRate(open, rate, startedAt, until);
    }
    const answeredSeconds = (performance.now() - startedAt) / 1_000;
    await this.#allReported();
    for (const connection of open) connection.close();
    const result = this.#result;
    result.answeredPerSecond = result.answered.count / answeredSeconds;
    result.reportedPerSecond = result.reported.count / ((this.#lastReportAt - startedAt) / 1_000);
    return result;
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }

  async #atRate(open: readonly HttpConnection[], rate: number, startedAt: number, until: number): Promise<void> {
    const free = [...open];
    const waiting: number[] = [];
    const running = new Set<Promise<void>>();
    const send = () => {
      for (let id = waiting[0]; id !== undefined; id = waiting[0]) {
        const connection = free.pop();
        if (connection === undefined) return;
        waiting.shift();
        const done: Promise<void> = this.#post(connection, id).finally(() => {
          running.delete(done);
          free.push(connection);
          send();
        });
        running.add(done);
      }
    };
    for (let sent = 0; performance.now() < until; await pause(1)) {
      // An update's time begins when it is due, also where no connection is free for it. The first is due at once: a
      // short run on a busy machine would else have none.
      for (const due = ((performance.now() - startedAt) / 1_000) * rate; sent <= due; sent++)
        waiting.push(this.#begin());
      send();
    }
    while (running.size > 0 || waiting.length > 0) await Promise.race([...running, pause(10)]);
  }

  #begin(): number {
    const id = this.#next++;
    this.#sentAt.set(id, performance.now());
    return id;
  }

  async #post(connection: HttpConnection, id: number): Promise<void> {
    const status = await connection.send(updateRequest(id));
    this.#measure(this.#result.answered, id);
    if (status === 200) return;
    this.#result.refused++;
    this.#forget(id);
  }

  #measure(latencies: Latencies, id: number): void {
    const sentAt = this.#sentAt.get(id);
    if (sentAt !== undefined) latencies.add(performance.now() - sentAt);
  }

  #reported(id: number): void {
    this.#measure(this.#result.reported, id);
    this.#lastReportAt = performance.now();
    this.#forget(id);
  }

  #forget(id: number): void {
    this.#sentAt.delete(id);
    if (this.#sentAt.size === 0) this.#settled?.();
  }

  async #allReported(): Promise<void> {
    if (this.#sentAt.size === 0) return;
    const settled = new Promise<void>((resolve) => {
      this.#settled = resolve;
    });
    const ended = new AbortController();
    const tooLong = pause(LAST_REPORT_MS, undefined, { signal: ended.signal }).then(
      () => {
        throw new Error(`${this.#sentAt.size} updates were not reported on within ${LAST_REPORT_MS / 1_000} s.`);
      },
      () => {},
    );
    await Promise.race([settled, tooLong]);
    ended.abort();
  }
}

function emptyResult(): RunResult {
  return {
    answered: new Latencies(),
    delivered: new Latencies(),
    reported: new Latencies(),
    refused: 0,
    answeredPerSecond: 0,
    reportedPerSecond: 0,
  };
}

function updateRequest(id: number): string {
  const person = 1_000_000 + (id % PEOPLE);
  const body = JSON.stringify({
    update_id: id,
    message: {
      message_id: id,
      date: Math.floor(Date.now() / 1_000),
      text: 'Hola, quiero hacer un pedido: dos raciones de croquetas',
      from: { id: person, is_bot: false, first_name: 'Ana', username: `ana_${person}`, language_code: 'es' },
      chat: { id: person, type: 'private', first_name: 'Ana', username: `ana_${person}` },
    },
  });
  return (
    'POST /webhook/telegram/ HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n' +
    `X-Telegram-Bot-Api-Secret-Token: ${WEBHOOK_SECRET}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}
