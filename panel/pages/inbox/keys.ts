import { neighbour } from '../../keys.ts';

/** Up and down go through the list of conversations, and R to where the open one is answered. */
export function moveInInbox(inbox: HTMLElement, key: string): boolean {
  const next = nextOf(inbox, key);
  next?.focus();
  return next !== undefined;
}

function nextOf(inbox: HTMLElement, key: string): HTMLElement | undefined {
  if (key === 'r') return inbox.querySelector<HTMLElement>('.composer-text') ?? undefined;
  if (key !== 'arrowdown' && key !== 'arrowup') return undefined;
  const rows = [...inbox.querySelectorAll<HTMLElement>('.inbox-row')];
  const from = rows.find((row) => row.matches(':focus')) ?? rows.find((row) => row.hasAttribute('aria-current'));
  return neighbour(rows, key === 'arrowdown' ? 1 : -1, from);
}
