import type { VNode } from 'preact';
import { exact, relative } from '../format.ts';
import { timeWords } from '../words/time.ts';

export interface TimeProps {
  at: string | null | undefined;
  /** Shows date and time themselves. */
  exact?: boolean;
  /** Said where there is no time. */
  empty?: string;
}

/** When something was: `hace 3 min`, which moves; the exact time on hover and for who reads it aloud. */
export function Time({ at, exact: shownExact, empty = timeWords.none }: TimeProps): VNode {
  if (at === null || at === undefined) return <span class="muted">{empty}</span>;
  const [long, short] = [exact(at), relative(at)];
  return (
    <time class="nowrap" datetime={at} title={shownExact ? short : long}>
      {shownExact ? long : short}
    </time>
  );
}
