import { letterKeys, opened } from './opened.ts';
import { session } from './session.ts';

/** Where a letter is text, or chooses among options. */
const TYPING = 'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]';

/** Keys that work on every page; words/keys.ts lists them. */
export function startShortcuts(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.altKey || !session.value) return;
    const done = event.ctrlKey || event.metaKey ? combined(event) : letter(event);
    if (done) event.preventDefault();
  });
}

/** @returns whether it did anything */
function combined({ key, shiftKey }: KeyboardEvent): boolean {
  if (key.toLowerCase() !== 'k' || shiftKey) return false;
  if (opened.value === 'search') opened.value = undefined;
  else if (document.querySelector('dialog[open]') === null) opened.value = 'search';
  return true;
}

function letter({ key, target }: KeyboardEvent): boolean {
  if (letterKeys.value === 'off' || (target instanceof Element && target.matches(TYPING))) return false;
  const dialog = document.querySelector('dialog[open]');
  // It is on its way.
  if (dialog === null && opened.value !== undefined) return false;
  if (key === '/' && dialog !== null) return focus(dialog.querySelector('input[type=search]'));
  if (dialog !== null) return false;
  if (key === 'f' || key === 'F') return focus(document.querySelector('main input[type=search]'));
  if (key !== '/' && key !== '?') return false;
  opened.value = key === '/' ? 'search' : 'keys';
  return true;
}

function focus(input: HTMLElement | null): boolean {
  input?.focus();
  return input !== null;
}
