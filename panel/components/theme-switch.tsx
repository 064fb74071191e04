import type { VNode } from 'preact';
import { THEMES, theme } from '../theme.ts';
import { frameWords } from '../words/frame.ts';
import { Button } from './button.tsx';

const ICONS = { auto: 'half', light: 'sun', dark: 'moon' } as const;

/** Goes through the themes. */
export function ThemeSwitch(): VNode {
  const next = () => {
    theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'auto';
  };
  return <Button kind="quiet" icon={ICONS[theme.value]} label={frameWords.theme[theme.value]} onClick={next} />;
}
