import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { letterKeys, opened } from './opened.ts';

/** Where a key means something else: text is typed, a chat is scrolled, a dialog or a menu is open. */
const ELSEWHERE = 'input:not([type=checkbox]), textarea, select, [contenteditable], [role=log], dialog *';

/**
 * Hears of keys that are meant for a part of the page, while it is shown.
 * @param act does what a key is for, small letters and capitals alike, and says whether it did anything; always the same
 */
export function useKeys(
  element: RefObject<HTMLElement | null>,
  act: (element: HTMLElement, key: string) => boolean,
): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const { key, target } = event;
      if (element.current === null || (target instanceof Element && target.matches(ELSEWHERE))) return;
      if (opened.value !== undefined || document.querySelector('dialog[open]') !== null) return;
      if (key.length === 1 && letterKeys.value === 'off') return;
      if (act(element.current, key.toLowerCase())) event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [element, act]);
}

/** The element `step` further on than the one that has the focus; undefined: there is none. */
export function neighbour(all: readonly HTMLElement[], step: 1 | -1, from: HTMLElement | undefined) {
  const place = from === undefined ? -1 : all.indexOf(from);
  return all[step === 1 ? place + 1 : Math.max(place - 1, 0)];
}
