/** What the card says that sends a TPV a test order. */
export const testOrderWords = {
  title: 'Pedido de prueba',
  lead: 'Escribe como lo haría un cliente y mira, paso a paso, qué hace el TPV. La respuesta se ve solo aquí: no llega a nadie por Telegram ni cuenta en las cifras.',
  text: 'Mensaje',
  example: 'Hola, esto es un pedido de prueba.',
  hint: 'Un TPV antiguo puede tomarlo por un pedido de verdad: avisa antes al local.',
  send: 'Enviar prueba',
  sendAgain: 'Enviar otra',
  steps: 'Pasos del pedido de prueba',
  replies: 'Lo que leería el cliente',
  story: 'Ver el mensaje',
  answered: 'El TPV ha contestado.',
  silent: 'El TPV lo ha completado sin contestar nada: un cliente no vería ninguna respuesta.',
  failed: 'El TPV no ha podido atenderlo.',
  failedWith: (error: string) => `El TPV no ha podido atenderlo: ${error}`,
  notReached: (seconds: string) =>
    `El TPV no lo ha recogido en ${seconds} segundos. Comprueba que su programa esté en marcha y que tenga red.`,
  notTaken: (seconds: string) =>
    `El TPV lo ha recibido, pero no ha dicho nada en ${seconds} segundos. Mira sus registros en el local.`,
  notEnded: (seconds: string) => `El TPV se puso con ello, pero no ha terminado en ${seconds} segundos.`,
} as const;
