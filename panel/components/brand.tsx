import type { VNode } from 'preact';
import { frameWords } from '../words/frame.ts';

/** The product's name, which leads to the overview. */
export function Brand(): VNode {
  return (
    <a class="brand" href="/admin/">
      <Mark />
      <span>{frameWords.product}</span>
    </a>
  );
}

/** The product's mark: one place that many lines meet in. */
export function Mark(): VNode {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" />
      <path d="M16 16 8 9M16 16l8-7M16 16v9" />
      <circle cx="16" cy="16" r="4" />
      <circle cx="8" cy="9" r="2.4" />
      <circle cx="24" cy="9" r="2.4" />
      <circle cx="16" cy="25" r="2.4" />
    </svg>
  );
}
