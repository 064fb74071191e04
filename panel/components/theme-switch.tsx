import type { VNode } from 'preact';
import { nextTheme, theme } from '../theme.ts';
import { frameWords } from '../words/frame.ts';
import { Button } from './button.tsx';

const ICONS = { auto: 'half', light: 'sun', dark: 'moon' } as const;

/** Goes through the themes. */
export function ThemeSwitch(): VNode {
  return <Button kind="quiet" icon={ICONS[theme.value]} label={frameWords.theme[theme.value]} onClick={nextTheme} />;
}
