import type { ComponentChildren } from 'preact';
import { query } from '../router.ts';
import { Button } from './button.tsx';
import { Empty } from './empty.tsx';

/** What a list says that is empty because of its filters. */
export interface FilteredWords {
  filteredTitle: string;
  filteredText: string;
  showAll: string;
}

export interface FilteredEmptyProps {
  words: FilteredWords;
  /** The list's address without filters. */
  path: string;
  /** What is shown where nothing is filtered. */
  children: ComponentChildren;
}

/** An empty list: where filters are the reason, the way out of them; else what to do next. */
export function FilteredEmpty({ words, path, children }: FilteredEmptyProps) {
  if (query.value.size === 0) return children;
  return (
    <Empty icon="search" title={words.filteredTitle}>
      <p>{words.filteredText}</p>
      <Button href={path}>{words.showAll}</Button>
    </Empty>
  );
}
