import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { CODE_FILES, textFiles } from '../support/docs.ts';
import { ROOT } from '../support/process.ts';
import { anchorOf } from '../support/readme.ts';

const pages = textFiles(['*.md', 'docs/*.md', 'client-sdk/*.md']);
const byPath = new Map(pages.map((page) => [page.path, page.text]));

/** Links of a page that lead into the repository, as `path#anchor` from its root. */
function linksOf({ path, text }: { path: string; text: string }): { path: string; anchor: string | undefined }[] {
  const prose = text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, address = '']) => address)
    .filter((address) => !/^https?:/.test(address))
    .map((address) => {
      const [to = '', anchor] = address.split('#');
      return { path: to === '' ? path : normalize(join(dirname(path), to)), anchor };
    });
}

test('every link leads to a file, and to a heading of it', () => {
  const broken = pages.flatMap((page) =>
    linksOf(page)
      .filter(({ path, anchor }) => {
        if (!existsSync(join(ROOT, path))) return true;
        if (anchor === undefined) return false;
        const headings = [...(byPath.get(path) ?? '').matchAll(/^#+ .+$/gm)].map(([heading]) => anchorOf(heading));
        return !headings.includes(`#${anchor}`);
      })
      .map(({ path, anchor }) => `${page.path}: ${path}${anchor === undefined ? '' : `#${anchor}`}`),
  );
  expect(broken).toEqual([]);
  expect(pages.flatMap(linksOf).length).toBeGreaterThan(50);
});

/** Paths of the repository, as prose and comments name them; `…/` and patterns with a star name many. */
const PATH = /(?<![\w/.-])(?:src|test|docs|demo|deploy|panel|migrations|client-sdk\/src)\/[\w./-]*\w/g;
/** Names without endings, which test/architecture.test.ts looks at. */
const ROOMS = /^```rooms\n[\s\S]+?^```$/gm;
/** What a build makes. */
const MADE = /(^|\/)dist(\/|$)/;

test('every path that a page names is there', () => {
  const missing = pages
    .filter(({ path }) => path !== 'CHANGELOG.md')
    .flatMap(({ path, text }) =>
      [...text.replaceAll(ROOMS, '').matchAll(PATH)]
        .map(([named]) => named)
        .filter((named) => !MADE.test(named) && !existsSync(join(ROOT, named)))
        .map((named) => `${path}: ${named}`),
    );
  expect(missing).toEqual([]);
});

test('every page that the code cites is there', () => {
  const cited = textFiles(CODE_FILES).flatMap(({ path, text }) =>
    [...text.matchAll(/(?<![\w/])(?:\.\.\/)*((?:docs|design|contract)\/[\w.-]+\.md)/g)].map(([, page = '']) => ({
      path,
      page,
    })),
  );
  expect(cited.filter(({ page }) => !existsSync(join(ROOT, page)))).toEqual([]);
  expect(cited.length).toBeGreaterThan(40);
});
