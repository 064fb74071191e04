import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Latencies } from './latencies.ts';

/** Somebody who only asks the hub whether it lives, every 10 ms, while others ask for everything it has. */
export class Bystander {
  readonly #worker: Worker;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  static async start(url: URL): Promise<Bystander> {
    const worker = new Worker(new URL('./health-asker.ts', import.meta.url), { workerData: url.href });
    await once(worker, 'message');
    return new Bystander(worker);
  }

  /** How long the answers took since this was called last. */
  async take(): Promise<Latencies> {
    return this.#order('take');
  }

  async end(): Promise<void> {
    const gone = once(this.#worker, 'exit');
    await this.#order('end');
    await gone;
  }

  async #order(order: 'take' | 'end'): Promise<Latencies> {
    const answer = once(this.#worker, 'message');
    this.#worker.postMessage(order);
    const [times]: readonly unknown[] = await answer;
    const latencies = new Latencies();
    // The worker sends nothing else.
    for (const ms of times as readonly number[]) latencies.add(ms);
    return latencies;
  }
}
