/** What the filter by TPV says. */
export const tpvFilterWords = {
  label: 'TPV',
  all: 'Todos',
  title: 'Filtrar por TPV',
  showAll: 'Todos los TPV',
} as const;
