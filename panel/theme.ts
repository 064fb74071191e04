import { computed, effect, signal } from '@preact/signals';
import { keptChoice } from './kept-choice.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const deviceIsDark = signal(prefersDark.matches);

/** What the person wants on this device. */
export const theme = keptChoice<Theme>('valletpv-theme', THEMES);

/** What they get. */
export const dark = computed(() => (theme.value === 'auto' ? deviceIsDark.value : theme.value === 'dark'));

/** Applies the theme. */
export function startTheme(): void {
  prefersDark.addEventListener('change', ({ matches }) => {
    deviceIsDark.value = matches;
  });
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}

/** Goes on to the next theme. */
export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'auto';
}
