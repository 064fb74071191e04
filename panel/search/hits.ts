import type { IconName } from '../icons.ts';

/** Something that the search offers. */
export interface Hit {
  /** Tells it from the others. */
  key: string;
  icon: IconName;
  label: string;
  detail?: string | undefined;
  /** Where it leads. */
  href?: string;
  /** What it does, where it leads nowhere. */
  run?: () => void;
}

/** Hits of one kind. */
export interface HitGroup {
  name: string;
  hits: readonly Hit[];
}

/** A word as short as this is an article, or a name such as `TPV`: its beginning says nothing. */
const SHORT = 3;

/** Whether each word of `wanted` begins one of `text`, whatever the accents and capitals; a short one is to be it. */
export function fits(text: string, wanted: string): boolean {
  const words = wordsOf(text);
  return wordsOf(wanted).every((start) =>
    words.some((word) => word === start || (word.length > SHORT && word.startsWith(start))),
  );
}

function wordsOf(text: string): string[] {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
}
