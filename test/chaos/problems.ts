import type { HubUnderLoad } from '../support/hub-under-load.ts';

/** The codes of what `/readyz` names. */
export async function problemsOf(hub: HubUnderLoad): Promise<string[]> {
  const answer = await fetch(new URL('/readyz', hub.url));
  // As docs/rest.md describes it.
  const { problems } = (await answer.json()) as { problems: { code: string }[] };
  return problems.map(({ code }) => code);
}
