import { UsageError } from '../../process/exit.ts';
import type { Input, Result } from '../command.ts';
import { say } from '../language/say.ts';

/**
 * `man`: the page for man(1), made of the same help.
 * @param overview what `--help` says
 * @throws UsageError
 */
export function manCommand(
  { words }: Input,
  { overview, commands, version }: { overview: string; commands: Readonly<Record<string, string>>; version: string },
): Result {
  if (words.length > 0) throw new UsageError(say`"man" takes no words: valletpv-hub man > valletpv-hub.8`);
  const [name = '', ...rest] = overview.split('\n\n');
  const page = [
    `.TH VALLETPV\\-HUB 8 "" "valletpv\\-hub ${version}"`,
    '.SH NAME',
    `valletpv\\-hub \\- ${plain(name.replace(/^ValleTPV Hub: /, '').replace(/\.$/, ''))}`,
    '.SH DESCRIPTION',
    ...asItIs(rest.join('\n\n')),
    ...Object.entries(commands).flatMap(([command, help]) => [`.SH ${command.toUpperCase()}`, ...asItIs(help)]),
  ];
  const text = page.join('\n');
  return { data: { page: text }, text };
}

/** Text whose lines stay. */
function asItIs(text: string): string[] {
  return ['.nf', ...text.trimEnd().split('\n').map(plain), '.fi'];
}

/** What roff would take for its own is text. */
function plain(line: string): string {
  const escaped = line.replaceAll('\\', '\\e').replaceAll('-', '\\-');
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}
