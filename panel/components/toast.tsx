import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { actions } from '../words/actions.ts';
import { Button } from './button.tsx';
import type { Tone } from './note.tsx';

interface Toast {
  id: number;
  text: string;
  tone: Tone;
}

const SHOWN_MS = 6_000;
const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

/** Says something in passing; what went wrong stays until it is dismissed. */
export function notify(text: string, tone: Tone = 'good'): void {
  lastId += 1;
  const id = lastId;
  toasts.value = [...toasts.value.slice(-3), { id, text, tone }];
  if (tone !== 'bad') setTimeout(() => dismiss(id), SHOWN_MS);
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Where what is said in passing appears; read aloud without moving the focus. */
export function Toasts(): VNode {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, text, tone }) => (
        <div key={id} class={`toast ${tone}`}>
          <span>{text}</span>
          <Button kind="quiet" size="small" icon="close" label={actions.dismiss} onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
