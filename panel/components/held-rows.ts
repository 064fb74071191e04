import { useEffect, useReducer, useRef } from 'preact/hooks';

/** Further down than this, somebody reads, and rows must not move under their eyes. */
const READING_PX = 240;

/** The rows to show, and how many new ones wait above them. */
export interface HeldRows<Row> {
  rows: readonly Row[];
  waiting: number;
  /** Shows them, and goes up to them. */
  release(): void;
}

/**
 * Keeps new rows out of a list while its reader is further down; rows that are shown change all the same. At the top
 * nothing is held.
 */
export function useHeldRows<Row>(list: object, rows: readonly Row[], key: (row: Row) => string): HeldRows<Row> {
  const [, look] = useReducer((count: number) => count + 1, 0);
  const shown = useRef<{ list: object; keys: ReadonlySet<string> }>({ list, keys: new Set() });
  const { keys } = shown.current;
  const first = rows.findIndex((row) => keys.has(key(row)));
  const reading = window.scrollY > READING_PX && shown.current.list === list;
  const waiting = reading && first > 0 ? first : 0;
  const visible = waiting === 0 ? rows : rows.slice(waiting);

  useEffect(() => {
    shown.current = { list, keys: new Set(visible.map(key)) };
  });
  useEffect(() => {
    if (waiting === 0) return;
    const scrolled = () => {
      if (window.scrollY <= READING_PX) look(undefined);
    };
    addEventListener('scroll', scrolled, { passive: true });
    return () => removeEventListener('scroll', scrolled);
  }, [waiting]);
  return { rows: visible, waiting, release: () => window.scrollTo({ top: 0 }) };
}
