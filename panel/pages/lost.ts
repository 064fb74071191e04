import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { Button } from '../components/button.ts';
import { Empty } from '../components/empty.ts';
import { Page } from '../components/page.ts';
import { errorWords } from '../words/errors.ts';
import { frameWords } from '../words/frame.ts';

/** An address that leads nowhere. */
export function LostPage(): VNode {
  return html`<${Page} title=${errorWords.pageTitle} changes=${false}>
    <${Empty} title=${errorWords.notFoundTitle} icon="search">
      <p>${errorWords.page}</p>
      <${Button} href="/admin/" icon="home">${frameWords.sections.overview}</${Button}>
    </${Empty}>
  </${Page}>`;
}
