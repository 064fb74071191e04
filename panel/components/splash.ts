import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { arrivalFault, arrive } from '../arrival.ts';
import { ErrorBox } from './error-box.ts';
import { Loading } from './loading.ts';

/** While the panel finds out who is there, and where it can't. */
export function Splash(): VNode {
  const fault = arrivalFault.value;
  return html`<main class="splash">
    ${fault === undefined ? html`<${Loading} rows=${2} />` : html`<${ErrorBox} error=${fault} onRetry=${arrive} />`}
  </main>`;
}
