import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AXE_RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** From the narrowest phone to a desk. */
const WIDTHS = [320, 390, 768, 1_024, 1_440];

/** What keeps somebody out of a page (WCAG 2.2 AA, and what is good practice besides), as axe finds it; of any level. */
export async function axeFaults(page: Page): Promise<string[]> {
  // It is there until the page is loaded anew.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const { violations } = await page.evaluate((values): Promise<AxeResults> => {
    // Put there by the line above.
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } };
    return axe.run({ runOnly: { type: 'tag', values }, resultTypes: ['violations'], preload: false });
  }, AXE_RULES);
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id} (${impact}): ${html} ${failureSummary}`),
  );
}

/** The same at every width that the panel is made for, of a page that is loaded once; and that none scrolls sideways. */
export async function axeFaultsAtAllWidths(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 844 });
    // Not compared with the window: a phone's grows with what is too wide.
    const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
    if (wide > width) faults.push(`${width} px: scrolls sideways, it takes ${wide}`);
    for (const fault of await axeFaults(page)) faults.push(`${width} px: ${fault}`);
  }
  return faults;
}
