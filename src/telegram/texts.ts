import type { UnansweredReason } from '../events.ts';

/** Every sentence that a person reads in Telegram from the hub itself, as HTML. */
export const texts = {
  welcome: (name: string, tpv: string) =>
    `¡Hola, ${escapeHtml(name)}! 👋\nTe atiende <b>${escapeHtml(tpv)}</b>. Escribe aquí lo que necesites.`,
  welcomeUnassigned: (name: string) =>
    `¡Hola, ${escapeHtml(name)}! 👋\nAhora mismo no hay ningún local disponible. Escribe lo que necesites: te atenderemos en cuanto lo haya.`,
  yourId: (id: number) => `Tu identificador es <code>${id}</code>`,
  copyId: '📋 Copiar mi identificador',
  help:
    'Escribe un mensaje y lo recibirá el local que te atiende.\n\n' +
    '/start – empezar\n/id – ver tu identificador\n/help – esta ayuda',
  unassigned:
    '⏳ Ahora mismo no hay ningún local disponible. Hemos guardado tu mensaje y lo atenderemos en cuanto lo haya.',
  joinCodeUnknown: '⚠️ Ese enlace no es válido. Pide al local uno nuevo.',
  joinCodeFull: '⚠️ Ese local no puede atender a más personas ahora mismo. Inténtalo más tarde.',
  press: {
    expired: '⚠️ Esta acción ha expirado',
    legacyExpired: '❌ Token expirado',
    legacyExpiredNote: '⚠️ <b>Acción EXPIRADA</b>',
    processing: '⏳ Procesando…',
    done: '✅ Hecho',
    failed: '❌ No se ha podido completar.',
    unanswered: '⚠️ El local no ha respondido. Escríbele un mensaje si todavía lo necesitas.',
    notAllowed: '⚠️ Esta acción no está permitida',
    unreachable: '⚠️ El local no responde ahora mismo. Escríbele un mensaje si todavía lo necesitas.',
  },
  unanswered: {
    expired: '⌛ Tu mensaje ha caducado sin que el local pudiera atenderlo. Vuelve a escribir si todavía lo necesitas.',
    no_answer: '⚠️ El local no ha respondido a tu mensaje. Inténtalo de nuevo dentro de unos minutos.',
  } satisfies Record<UnansweredReason, string>,
  commands: [
    { command: 'start', description: 'Empezar' },
    { command: 'id', description: 'Ver tu identificador' },
    { command: 'help', description: 'Ayuda' },
  ],
} as const;

/** Names come from people; Telegram's HTML knows these three entities. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** What an administrator reads about the webhook. */
export const webhookProblems = {
  unset: 'Telegram no tiene ningún webhook: llama a /webhook/setup/.',
  otherUrl: (got: string, expected: string) =>
    `Telegram entrega en otra dirección (${got}) y no en ${expected}: llama a /webhook/setup/ si no es a propósito.`,
  lastError: (message: string, at: string) => `El último intento de Telegram falló (${at}): ${message}`,
  backlog: (count: number) => `Telegram tiene ${count} actualizaciones sin entregar: comprueba que llega hasta el hub.`,
  missingKinds: (kinds: string) => `Telegram no entrega estos tipos: ${kinds}. Llama a /webhook/setup/.`,
} as const;
