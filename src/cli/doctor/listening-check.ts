import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../../config/config.ts';
import { faultsOf } from '../../process/exit.ts';
import { type Finding, findings } from './finding.ts';

type Address = Pick<Config, 'HOST' | 'PORT'>;

/** Whether a hub answers at this base URL; and why it is not ready, if it says so. */
export async function hubAt(base: string): Promise<{ problems: string[] } | undefined> {
  try {
    const response = await fetch(new URL('/readyz', base), { redirect: 'manual', signal: AbortSignal.timeout(5_000) });
    const body: unknown = await response.json();
    if (typeof body !== 'object' || body === null || !('problems' in body) || !Array.isArray(body.problems)) {
      return undefined;
    }
    return { problems: body.problems.map((problem) => sentenceOf(problem)) };
  } catch {
    return undefined;
  }
}

function sentenceOf(problem: unknown): string {
  if (typeof problem === 'object' && problem !== null && 'sentence' in problem) return String(problem.sentence);
  return String(problem);
}

/** The hub's own address on this machine. */
export function localUrl({ HOST, PORT }: Address): string {
  const host = HOST === '0.0.0.0' ? '127.0.0.1' : HOST === '::' ? '[::1]' : HOST.includes(':') ? `[${HOST}]` : HOST;
  return `http://${host}:${PORT}/`;
}

/** Whether the hub listens at HOST and PORT, or could. */
export async function checkListening(address: Address): Promise<{ finding: Finding; running: boolean }> {
  const { ok, fault, skipped } = findings('port');
  const hub = await hubAt(localUrl(address));
  if (hub !== undefined) {
    if (hub.problems.length === 0) return { finding: ok(`The hub runs at ${localUrl(address)}.`), running: true };
    const what = `The hub runs at ${localUrl(address)} and is not ready: ${hub.problems.join('; ')}.`;
    return { finding: fault(what, 'Look at its log: deploy/manage_webhook_service.sh logs-error'), running: true };
  }
  try {
    const server = createServer();
    server.listen(address.PORT, address.HOST);
    await once(server, 'listening');
    await new Promise((resolve) => server.close(resolve));
    return {
      finding: skipped(`The hub does not run; ${address.HOST}:${address.PORT} is free for it.`),
      running: false,
    };
  } catch (error) {
    const [sentence = ''] = faultsOf(error).sentences;
    const [what = sentence, mend = ''] = sentence.split(/(?<=\w): /);
    return { finding: fault(`${what}.`, mend), running: false };
  }
}
