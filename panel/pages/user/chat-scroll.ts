import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** So near to its end, somebody reads the newest. */
const NEAR_END_PX = 48;

/**
 * Keeps a chat where its reader is: at the end while they read the newest, else where they scrolled to, also when
 * older entries come in above. New entries below are counted instead of shown.
 * @param keys of the entries, the oldest first
 */
export function useChatScroll(keys: readonly string[]) {
  const element = useRef<HTMLDivElement>(null);
  /** Distance from the end, and what stood at both ends, when the reader last saw it. */
  const seen = useRef({ fromEnd: 0, oldest: '', newest: '', atEnd: true });
  const [unseen, setUnseen] = useState(0);

  useLayoutEffect(() => {
    const box = element.current;
    if (box === null) return;
    const [oldest = '', newest = ''] = [keys[0], keys.at(-1)];
    const last = seen.current;
    if (last.atEnd) {
      box.scrollTop = box.scrollHeight;
    } else if (oldest !== last.oldest) {
      box.scrollTop = box.scrollHeight - last.fromEnd;
    } else if (newest !== last.newest) {
      const before = keys.lastIndexOf(last.newest);
      setUnseen((count) => count + keys.length - 1 - before);
    }
    seen.current = { ...last, oldest, newest, fromEnd: box.scrollHeight - box.scrollTop };
  });

  const onScroll = useCallback(() => {
    const box = element.current;
    if (box === null) return;
    const fromEnd = box.scrollHeight - box.scrollTop;
    const atEnd = fromEnd - box.clientHeight < NEAR_END_PX;
    seen.current = { ...seen.current, fromEnd, atEnd };
    if (atEnd) setUnseen(0);
  }, []);
  const toEnd = useCallback(() => {
    const box = element.current;
    if (box === null) return;
    box.scrollTop = box.scrollHeight;
    box.focus({ preventScroll: true });
  }, []);
  return { element, unseen, onScroll, toEnd };
}
