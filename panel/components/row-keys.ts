import { neighbour } from '../keys.ts';

/** J and K go through the rows of a table, X chooses one, A does the first thing that it offers; words/keys.ts says so. */
export function moveByKey(table: HTMLElement, key: string): boolean {
  const row = document.activeElement?.closest('tr') ?? null;
  const here = row !== null && table.contains(row) ? row : undefined;
  if (key === 'x') return press(here?.querySelector('.check input'));
  if (key === 'a') return press(here?.querySelector('td button'));
  const step = ({ j: 1, arrowdown: 1, k: -1, arrowup: -1 } as const)[key];
  // The arrows scroll the page, until a row was gone to.
  if (step === undefined || (key.startsWith('arrow') && here === undefined)) return false;
  const link = neighbour(
    [...table.querySelectorAll<HTMLElement>('.row-link')],
    step,
    here?.querySelector<HTMLElement>('.row-link') ?? undefined,
  );
  link?.focus();
  return link !== undefined;
}

function press(element: HTMLElement | null | undefined): boolean {
  element?.click();
  return element !== null && element !== undefined;
}
