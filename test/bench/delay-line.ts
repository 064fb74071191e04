import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * Puts a round trip of so many milliseconds between a hub and its PostgreSQL: a TCP proxy in a thread of its own, so
 * that the driver's work does not make it longer.
 * @param url the server's
 * @returns the URL that leads through it
 */
export async function startDelayLine(url: string, delayMs: number): Promise<{ url: string; stop(): Promise<void> }> {
  const worker = new Worker(new URL('./delay-line-worker.ts', import.meta.url), {
    workerData: { target: url, delayMs },
  });
  const [port] = await once(worker, 'message');
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(port);
  return { url: through.href, stop: async () => void (await worker.terminate()) };
}
