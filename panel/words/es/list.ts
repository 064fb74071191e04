/** What lists and their filters say. */
export const listWords = {
  filters: 'Filtros',
  moreFilters: 'Más filtros',
  lessFilters: 'Menos filtros',
  unset: (filter: string, value: string) => `Quitar el filtro «${filter}: ${value}»`,
  all: 'Todos',
  fresh: (count: number) => (count === 1 ? '1 fila nueva ↑' : `${count.toLocaleString('es')} filas nuevas ↑`),
  searching: 'No hay resultados todavía entre lo más reciente.',
  keepSearching: 'Seguir buscando',
  choose: (name: string) => `Seleccionar ${name}`,
  chooseAll: 'Seleccionar todo lo que se muestra',
  chosen: (count: number) => (count === 1 ? '1 seleccionado' : `${count.toLocaleString('es')} seleccionados`),
  unchoose: 'Quitar la selección',
  row: 'esta fila',
  actions: 'Acciones',
} as const;
