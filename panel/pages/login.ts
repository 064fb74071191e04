import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { setupNeeded } from '../arrival.ts';
import { Gate } from '../components/gate.ts';
import { LoginForm } from '../components/login-form.ts';
import { Note } from '../components/note.ts';
import { frameWords } from '../words/frame.ts';
import { loginWords } from '../words/login.ts';

/** The way in; where nobody has an account yet, how to get the first. */
export function LoginPage(): VNode {
  return html`<${Gate} title=${frameWords.product} lead=${loginWords.lead}>
    ${setupNeeded.value ? html`<${Note} tone="info" title=${loginWords.noAccount}>${loginWords.noAccountHint}</${Note}>` : html`<${LoginForm} />`}
  </${Gate}>`;
}
