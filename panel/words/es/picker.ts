/** What choosing a TPV says. */
export const pickerWords = {
  search: 'Buscar por nombre…',
  places: (used: number, most: number) => `${used.toLocaleString('es')} de ${most.toLocaleString('es')} clientes`,
  none: 'Ningún TPV coincide.',
  more: 'Hay más: escribe parte del nombre para encontrarlos.',
} as const;
