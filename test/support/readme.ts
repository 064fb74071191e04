import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './process.ts';

/** A page for those who run the hub, in the parts that can be checked. */
export interface Readme {
  text: string;
  /** What stands between fences, in order; a language of '' is a picture. */
  blocks: { language: string; text: string }[];
  /** `## The demo` … */
  headings: string[];
  /** Addresses of links and pictures, in order. */
  links: string[];
  /** What stands between single backticks, by section. */
  code: string[][];
  /** The lines of the blocks of this language, those that go on after a backslash put together. */
  commands(language: string): string[];
}

/** The READMEs and the operators' guides, in English and in Spanish. */
export const PAGES = [
  ['README.md', 'README.es.md'],
  ['docs/operating.md', 'docs/operating.es.md'],
] as const;

/** A README and what an operator reads after it, as one page. */
export function readGuide(language: 'en' | 'es'): Readme {
  const index = language === 'en' ? 0 : 1;
  return pageOf(PAGES.map((pair) => readFileSync(join(ROOT, pair[index]), 'utf8')).join('\n'));
}

export function readReadme(file: string): Readme {
  return pageOf(readFileSync(join(ROOT, file), 'utf8'));
}

function pageOf(text: string): Readme {
  const fence = /^( *)```(\w*)\n([\s\S]*?)^ *```$/gm;
  const blocks = [...text.matchAll(fence)].map(([, indent = '', language = '', inside = '']) => ({
    language,
    text: inside.replaceAll(new RegExp(`^${indent}`, 'gm'), '').trimEnd(),
  }));
  const prose = text.replaceAll(fence, '');
  return {
    text,
    blocks,
    headings: [...prose.matchAll(/^#+ .+$/gm)].map(([heading]) => heading),
    links: [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, address = '']) => address),
    code: prose.split(/^#+ .+$/m).map((section) => [...section.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)),
    commands: (language) =>
      blocks
        .filter((block) => block.language === language)
        .flatMap((block) => block.text.replaceAll(/\\\n\s*/g, '').split('\n')),
  };
}

/** What a heading's address is on the page: `#the-demo`. */
export function anchorOf(heading: string): string {
  const words = heading.replace(/^#+ /, '').toLowerCase();
  return `#${words.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')}`;
}
