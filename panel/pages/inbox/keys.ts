import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

/** Where a key means something else: text is typed, a chat is scrolled, a dialog or a menu is open. */
const ELSEWHERE = 'input, textarea, select, [contenteditable], [role=log], dialog *';

/** Up and down go through the list of conversations, and R to where the open one is answered. */
export function useInboxKeys(element: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const { target } = event;
      if (element.current === null || (target instanceof Element && target.matches(ELSEWHERE))) return;
      const next = nextOf(element.current, event.key);
      if (next === null) return;
      event.preventDefault();
      next.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [element]);
}

function nextOf(inbox: HTMLElement, key: string): HTMLElement | null {
  if (key === 'r' || key === 'R') return inbox.querySelector('.composer-text');
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return null;
  const rows = [...inbox.querySelectorAll<HTMLElement>('.inbox-row')];
  const focused = rows.findIndex((row) => row.matches(':focus'));
  const from = focused === -1 ? rows.findIndex((row) => row.hasAttribute('aria-current')) : focused;
  return rows[key === 'ArrowDown' ? from + 1 : Math.max(from - 1, 0)] ?? null;
}
