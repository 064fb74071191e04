import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { List } from '../list.ts';
import { actions } from '../words/actions.ts';
import { listWords } from '../words/list.ts';
import { Button } from './button.tsx';

/** The end of what is loaded: fetches more when it comes into sight, or when asked. */
export function ListEnd<Row>({ list }: { list: List<Row> }): VNode | null {
  const element = useRef<HTMLDivElement>(null);
  const hasMore = list.hasMore.value;
  const found = list.rows.value.length;
  const failed = list.error.value !== undefined;
  useEffect(() => {
    const end = element.current;
    // A search that found nothing yet goes on only when the person says so.
    if (end === null || !hasMore || found === 0 || failed) return;
    const seen = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) list.more();
      },
      { rootMargin: '400px' },
    );
    seen.observe(end);
    return () => seen.disconnect();
  }, [list, hasMore, found, failed]);
  if (!hasMore) return null;
  const busy = list.loadingMore.value;
  return (
    <div class="list-end" ref={element}>
      {found === 0 && <p class="muted">{listWords.searching}</p>}
      <Button busy={busy} onClick={list.more}>
        {busy ? actions.loadingMore : found === 0 ? listWords.keepSearching : actions.more}
      </Button>
    </div>
  );
}
