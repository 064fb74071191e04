/** What a person reads when something did not work and the hub did not say why itself. */
export const errorWords = {
  unreachable: 'No se puede conectar con el hub: comprueba la red e inténtalo de nuevo.',
  part: 'No se ha podido cargar esta parte del panel: vuelve a cargar la página.',
  panel: 'El panel ha tenido un fallo: vuelve a cargar la página. Si se repite, mira la consola del navegador.',
  notFoundTitle: 'No existe',
  notFound: 'Puede que se haya eliminado, o que la dirección no sea correcta.',
  pageTitle: 'Esta página no existe',
  page: 'Comprueba la dirección o vuelve al resumen.',
  fields: 'Hay datos que corregir:',
  /** Where the hub speaks another language than this catalogue: what each of its codes means. */
  codes: {} as Readonly<Record<string, string>>,
  status: (status: number) => `El hub ha respondido con un error (${status}): inténtalo de nuevo.`,
} as const;
