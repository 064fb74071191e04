import { setTimeout as pause } from 'node:timers/promises';
import type { HubUnderLoad } from '../support/hub-under-load.ts';

const LOOK_MS = 50;
/** A hub that has not noticed by then does not. */
const NOTICED_WITHIN_MS = 60_000;

/** The codes of what `/readyz` names. */
export async function problemsOf(hub: HubUnderLoad): Promise<string[]> {
  const answer = await fetch(new URL('/readyz', hub.url));
  // As docs/rest.md describes it.
  const { problems } = (await answer.json()) as { problems: { code: string }[] };
  return problems.map(({ code }) => code);
}

/**
 * Waits until `/readyz` names what it should.
 * @throws Error if it does not in a minute
 */
export async function problemsOnce(
  hub: HubUnderLoad,
  are: (problems: string[]) => boolean | Promise<boolean>,
): Promise<string[]> {
  let problems: string[] = [];
  for (const end = performance.now() + NOTICED_WITHIN_MS; performance.now() < end; await pause(LOOK_MS)) {
    problems = await problemsOf(hub);
    if (await are(problems)) return problems;
  }
  throw new Error(`After ${NOTICED_WITHIN_MS / 1_000} s /readyz still names: ${problems.join(', ') || 'nothing'}.`);
}
