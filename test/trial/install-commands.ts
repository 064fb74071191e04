import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** The domain that the pages use. */
export const DOMAIN = 'valletpvbot.example';

/**
 * The commands that a page gives, as they stand in it: those of the block after the mark `<!-- <name> -->`.
 * @param page a path in this repository, such as `README.md`
 * @throws Error if the page has no such block
 */
export function markedCommands(page: string, name: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const [, block] = new RegExp(`^<!-- ${name} -->\\n\`\`\`sh\\n([^\`]+)\\n\`\`\`$`, 'm').exec(text) ?? [];
  if (block === undefined) throw new Error(`${page} has no block of commands after <!-- ${name} -->.`);
  // Two commands on one line are two.
  return block.split('\n').flatMap((line) => line.split(' && '));
}

/** From a bare Debian to the first answer: README's commands. */
export const installCommands = () => markedCommands('README.md', 'install');

/** What takes all of it away again. */
export const uninstallCommands = () => markedCommands('docs/operating.md', 'uninstall');
