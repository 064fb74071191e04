import { html } from 'htm/preact';
import { Code } from './code.ts';
import { Copy } from './copy.ts';

/** An id with a button that copies it. `label` says what is copied. */
export function IdText({ id, label }: { id: string; label: string }) {
  return html`<span class="id-text"><${Code} wrap>${id}<//><${Copy} text=${id} label=${label} /></span>`;
}
