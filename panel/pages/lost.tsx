import type { VNode } from 'preact';
import { Button } from '../components/button.tsx';
import { Empty } from '../components/empty.tsx';
import { Page } from '../components/page.tsx';
import { errorWords } from '../words/errors.ts';
import { frameWords } from '../words/frame.ts';

/** An address that leads nowhere. */
export function LostPage(): VNode {
  return (
    <Page title={errorWords.pageTitle} changes={false}>
      <Empty title={errorWords.notFoundTitle} icon="search">
        <p>{errorWords.page}</p>
        <Button href="/admin/" icon="home">
          {frameWords.sections.overview}
        </Button>
      </Empty>
    </Page>
  );
}
