import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/command.ts';
import { COMMAND_HELP } from '../../src/cli/help.ts';
import { runCommand } from '../../src/cli/run.ts';
import { runProcess } from '../support/process.ts';

async function printed(...args: string[]): Promise<string> {
  return (await runCommand(args, () => ({}), 'en'))?.text ?? '';
}

/** What bash offers for the last of these words. */
async function offered(script: string, ...words: string[]): Promise<string[]> {
  const ask = `${script}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _valletpv_hub; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { code, stdout, stderr } = await runProcess(['-c', ask, 'bash', 'valletpv-hub', ...words], { program: 'bash' });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').filter(Boolean);
}

test('bash completes commands, their words and options', async () => {
  const script = await printed('completion', 'bash');
  expect(await offered(script, '')).toEqual([...COMMANDS, '--help']);
  expect(await offered(script, 'ma')).toEqual(['maintenance', 'man']);
  expect(await offered(script, 'tpv', 'rotate')).toEqual(['rotate-key', 'rotate-secret']);
  expect(await offered(script, 'backup', '--f')).toEqual(['--force']);
  expect(await offered(script, 'no-command', '')).toEqual([]);
  expect(await printed('completion', 'zsh')).toContain(script);
  await expect(printed('completion', 'fish')).rejects.toThrow('takes bash or zsh');
});

test('the manual has every command, and no line that roff would take for its own', async () => {
  const lines = (await printed('man')).split('\n');
  expect(lines[0]).toMatch(/^\.TH VALLETPV\\-HUB 8 "" "valletpv\\-hub \d+\.\d+\.\d+"$/);
  expect(lines.filter((line) => line.startsWith('.')).filter((line) => !/^\.(TH|SH|nf|fi)\b/.test(line))).toEqual([]);
  const sections = lines.filter((line) => line.startsWith('.SH ')).map((line) => line.slice(4));
  expect(sections).toEqual(['NAME', 'DESCRIPTION', ...Object.keys(COMMAND_HELP).map((name) => name.toUpperCase())]);
  expect(lines).toContain('  \\-\\-follow   Goes on with what comes, until Ctrl+C.');
});
