import type { VNode } from 'preact';
import { connection } from '../live.ts';
import { frameWords } from '../words/frame.ts';

/** Whether what is shown moves by itself. */
export function ConnectionState(): VNode {
  const state = connection.value;
  return (
    <p class={`connection ${state}`} role="status">
      {frameWords[state]}
    </p>
  );
}
