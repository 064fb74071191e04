/** Which keys the panel knows, and what the table of them says. */
export const keysWords = {
  title: 'Teclas del panel',
  letters: 'Usar teclas de una sola letra',
  lettersHint: 'Quítalas si dictas o si las pulsas sin querer. Ctrl K funciona siempre.',
  or: 'o',
  groups: [
    {
      name: 'En todo el panel',
      keys: [
        { keys: ['Ctrl K', '/'], does: 'Buscar clientes, TPV, ids, páginas y acciones' },
        { keys: ['F'], does: 'Ir al buscador de la página' },
        { keys: ['?'], does: 'Ver estas teclas' },
        { keys: ['Esc'], does: 'Cerrar lo que está encima' },
      ],
    },
    {
      name: 'En una lista',
      keys: [
        { keys: ['J', '↓'], does: 'Fila siguiente' },
        { keys: ['K', '↑'], does: 'Fila anterior' },
        { keys: ['Intro'], does: 'Abrir la fila' },
        { keys: ['X'], does: 'Seleccionar la fila, o quitarla de la selección' },
        { keys: ['A'], does: 'Hacer lo primero que ofrece la fila, como aprobar un TPV' },
      ],
    },
    {
      name: 'En «Conversaciones»',
      keys: [
        { keys: ['↓', '↑'], does: 'Conversación siguiente o anterior' },
        { keys: ['Intro'], does: 'Abrirla' },
        { keys: ['R'], does: 'Escribir al cliente' },
      ],
    },
  ],
} as const;
