import type { ComponentChildren, VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { frameWords } from '../words/frame.ts';
import { Mark } from './brand.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

/** A page for who is not logged in. */
export function Gate({ title, lead, children }: { title: string; lead?: string; children?: ComponentChildren }): VNode {
  useEffect(() => {
    document.title = `${title} · ${frameWords.product}`;
  }, [title]);
  return (
    <main class="gate">
      <section class="gate-card">
        <header>
          <Mark />
          <div>
            <h1>{title}</h1>
            <p class="muted">{lead ?? frameWords.product}</p>
          </div>
        </header>
        {children}
      </section>
      <ThemeSwitch />
    </main>
  );
}
