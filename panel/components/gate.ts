import { html, useEffect } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { frameWords } from '../words/frame.ts';
import { Mark } from './brand.ts';
import { ThemeSwitch } from './theme-switch.ts';

/** A page for who is not logged in. */
export function Gate({ title, lead, children }: { title: string; lead?: string; children?: ComponentChildren }): VNode {
  useEffect(() => {
    document.title = `${title} · ${frameWords.product}`;
  }, [title]);
  return html`<main class="gate">
    <section class="gate-card">
      <header><${Mark} /><div><h1>${title}</h1><p class="muted">${lead ?? frameWords.product}</p></div></header>
      ${children}
    </section>
    <${ThemeSwitch} />
  </main>`;
}
