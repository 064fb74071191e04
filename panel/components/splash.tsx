import type { VNode } from 'preact';
import { arrivalFault, arrive } from '../arrival.ts';
import { ErrorBox } from './error-box.tsx';
import { Loading } from './loading.tsx';

/** While the panel finds out who is there, and where it can't. */
export function Splash(): VNode {
  const fault = arrivalFault.value;
  return (
    <main class="splash">
      {fault === undefined ? <Loading rows={2} /> : <ErrorBox error={fault} onRetry={arrive} />}
    </main>
  );
}
