import { html } from 'htm/preact';
import { Code } from './code.ts';
import { Copy } from './copy.ts';

/** A value as readable JSON, with a button that copies it. `label` says what is copied. */
export function JsonText({ value, label }: { value: unknown; label: string }) {
  const text = JSON.stringify(value, null, 2);
  return html`
    <div class="json-text">
      <${Code} block wrap>${text}<//>
      <${Copy} text=${text} label=${label} />
    </div>
  `;
}
