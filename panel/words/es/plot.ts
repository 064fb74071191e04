/** What plots say. */
export const plotWords = {
  time: 'Hora',
  nothing: (label: string) => `${label}: sin datos.`,
  span: (label: string, last: string, most: string) => `${label}: ahora ${last}, máximo ${most}.`,
  count: (label: string, last: string, most: string, sum: string) =>
    `${label}: ahora ${last} por minuto, máximo ${most}, ${sum} en total.`,
} as const;
