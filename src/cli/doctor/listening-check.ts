import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../../config/config.ts';
import { faultsOf } from '../../process/exit.ts';
import { problemInEnglish } from '../../wording/written.ts';
import { languageNow, say, told } from '../language/say.ts';
import { type Finding, findings } from './finding.ts';

type Address = Pick<Config, 'HOST' | 'PORT'>;

/** What a hub says of itself. */
interface Answer {
  ready: boolean;
  problems: { code: string; sentence: string }[];
}

/** Whether a hub answers at this base URL; and what is wrong with it, if it says so. */
export async function hubAt(base: string): Promise<Answer | undefined> {
  try {
    const response = await fetch(new URL('/readyz', base), { redirect: 'manual', signal: AbortSignal.timeout(5_000) });
    const body: unknown = await response.json();
    if (typeof body !== 'object' || body === null || !('problems' in body) || !Array.isArray(body.problems)) {
      return undefined;
    }
    return { ready: response.ok, problems: body.problems.map((problem) => problemOf(problem)) };
  } catch {
    return undefined;
  }
}

function problemOf(problem: unknown): Answer['problems'][number] {
  if (typeof problem !== 'object' || problem === null) return { code: 'unknown', sentence: String(problem) };
  const code = 'code' in problem ? String(problem.code) : 'unknown';
  return { code, sentence: 'message' in problem ? String(problem.message) : code };
}

/** A hub speaks Spanish, unless its DEFAULT_LOCALE is another. */
function problemText({ code, sentence }: Answer['problems'][number]): string {
  return languageNow() === 'en' ? problemInEnglish(code, sentence) : sentence;
}

/** The hub's own address on this machine. */
export function localUrl({ HOST, PORT }: Address): string {
  const host = HOST === '0.0.0.0' ? '127.0.0.1' : HOST === '::' ? '[::1]' : HOST.includes(':') ? `[${HOST}]` : HOST;
  return `http://${host}:${PORT}/`;
}

/** Whether the hub listens at HOST and PORT, or could. */
export async function checkListening(address: Address): Promise<{ found: Finding[]; running: boolean }> {
  const { ok, fault, skipped } = findings('port');
  const hub = await hubAt(localUrl(address));
  if (hub !== undefined) {
    if (hub.ready) return { found: [ok(say`The hub runs at ${localUrl(address)}.`), ...pollingOf(hub)], running: true };
    const sentences = hub.problems.map(problemText).join(' ');
    const what = say`The hub runs at ${localUrl(address)} and is not ready: ${sentences}`;
    return { found: [fault(what, say`Look at its log: deploy/manage_webhook_service.sh logs-error`)], running: true };
  }
  try {
    const server = createServer();
    server.listen(address.PORT, address.HOST);
    await once(server, 'listening');
    await new Promise((resolve) => server.close(resolve));
    return {
      found: [skipped(say`The hub does not run; ${address.HOST}:${address.PORT} is free for it.`)],
      running: false,
    };
  } catch (error) {
    const sentence = told(faultsOf(error).sentences[0] ?? '');
    const [what = sentence, mend = ''] = sentence.split(/(?<=[\p{L}\d]): /u);
    return { found: [fault(`${what}.`, mend)], running: false };
  }
}

/** With the hub's own words, which have Telegram's. */
function pollingText(problem: Answer['problems'][number]): string {
  const text = problemText(problem);
  return text === problem.sentence ? text : `${text} (${problem.sentence})`;
}

/** Only the hub knows how its polling goes: a second program that asks would cut it off. The webhook has its own check. */
function pollingOf({ problems }: Answer): Finding[] {
  const { fault } = findings('polling');
  return problems
    .filter(({ code }) => code === 'polling_broken')
    .map((problem) => fault(pollingText(problem), say`Mend that; the hub goes on by itself.`));
}
