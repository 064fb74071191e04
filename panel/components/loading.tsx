import type { VNode } from 'preact';
import { frameWords } from '../words/frame.ts';

/** Something is on its way: lines where it will stand. */
export function Loading({ label = frameWords.loading, rows = 3 }: { label?: string; rows?: number }): VNode {
  return (
    <div class="loading" role="status">
      <span class="visually-hidden">{label}</span>
      {Array.from({ length: rows }, (_, index) => (
        <span key={index} class="skeleton" />
      ))}
    </div>
  );
}
