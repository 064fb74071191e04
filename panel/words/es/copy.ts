/** What copying says. */
export const copyWords = {
  copy: (what: string) => `Copiar ${what}`,
  copied: (what: string | undefined) => (what === undefined ? 'Copiado' : `Copiado: ${what}`),
  failed: 'No se ha podido copiar: selecciona el texto y cópialo a mano.',
} as const;
