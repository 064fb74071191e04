/** What times say. */
export const timeWords = {
  now: 'ahora mismo',
  never: 'nunca',
  none: '—',
} as const;
