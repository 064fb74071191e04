import { computed, effect, signal } from '@preact/signals';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const STORED_AS = 'valletpv-theme';
const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const deviceIsDark = signal(prefersDark.matches);

/** What the person wants on this device. */
export const theme = signal<Theme>(stored());

/** What they get. */
export const dark = computed(() => (theme.value === 'auto' ? deviceIsDark.value : theme.value === 'dark'));

/** Applies the theme, and keeps it for the next time. */
export function startTheme(): void {
  prefersDark.addEventListener('change', ({ matches }) => {
    deviceIsDark.value = matches;
  });
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
    try {
      localStorage.setItem(STORED_AS, theme.value);
    } catch {
      // A browser that keeps nothing keeps no theme.
    }
  });
}

function stored(): Theme {
  try {
    const kept = localStorage.getItem(STORED_AS);
    return THEMES.find((one) => one === kept) ?? 'auto';
  } catch {
    return 'auto';
  }
}
