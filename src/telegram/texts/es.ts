import type { Wording } from './definitions.ts';

/** Spanish, in the tone of a bar: tú. */
export const es: Wording = {
  sentences: {
    welcome: '¡Hola, {nombre}! 👋\nTe atiende <b>{local}</b>. Escribe aquí lo que necesites.',
    welcomeUnassigned:
      '¡Hola, {nombre}! 👋\nAhora mismo no hay ningún local disponible. Escribe lo que necesites: te atenderemos en cuanto lo haya.',
    yourId: 'Tu identificador es <code>{id}</code>',
    copyId: '📋 Copiar mi identificador',
    help:
      'Escribe un mensaje y lo recibirá el local que te atiende.\n\n' +
      '/start – empezar\n/id – ver tu identificador\n/privacidad – tus datos\n/help – esta ayuda',
    unassigned:
      '⏳ Ahora mismo no hay ningún local disponible. Hemos guardado tu mensaje y lo atenderemos en cuanto lo haya.',
    joinCodeUnknown: '⚠️ Ese enlace no es válido. Pide al local uno nuevo.',
    joinCodeFull: '⚠️ Ese local no puede atender a más personas ahora mismo. Inténtalo más tarde.',
    unreadable: '⚠️ Ese tipo de mensaje no lo podemos leer; escríbelo, por favor.',
    'press.expired': '⚠️ Esta acción ha expirado',
    'press.legacyExpired': '❌ Token expirado',
    'press.legacyExpiredNote': '⚠️ <b>Acción EXPIRADA</b>',
    'press.processing': '⏳ Procesando…',
    'press.done': '✅ Hecho',
    'press.failed': '❌ No se ha podido completar.',
    'press.unanswered': '⚠️ El local no ha respondido. Escríbele un mensaje si todavía lo necesitas.',
    'press.notAllowed': '⚠️ Esta acción no está permitida',
    'press.unreachable': '⚠️ El local no responde ahora mismo. Escríbele un mensaje si todavía lo necesitas.',
    'privacy.about':
      '🔒 <b>Tus datos</b>\n\nGuardamos tu nombre y tu identificador de Telegram, lo que escribes aquí y lo que te contestan, para que el local que te atiende reciba tus mensajes. El responsable de tus datos es ese local: pregúntale lo que necesites saber.\n\nPuedes ver todo lo que guardamos sobre ti, o borrarlo.',
    'privacy.exportButton': '📄 Ver mis datos',
    'privacy.eraseButton': '🗑 Borrar mis datos',
    'privacy.exporting': '📄 Lo estamos preparando. Te llegará aquí, en un fichero.',
    'privacy.exportedJustNow': '📄 Te lo acabamos de enviar. Podrás pedirlo otra vez dentro de diez minutos.',
    'privacy.exported': '📄 Todo lo que guardamos sobre ti.',
    'privacy.exportedPart':
      '📄 Tus datos, lo más nuevo primero. No caben todos en un fichero: falta parte de lo anterior al {fecha}. Pide el resto al local que te atiende.',
    'privacy.confirm':
      '🗑 ¿Borramos todos tus datos?\n\nSe borran tu perfil, tus mensajes y tus ficheros, y se cancela lo que el local tenga pendiente de ti. No se puede deshacer.',
    'privacy.confirmButton': 'Sí, bórralos',
    'privacy.keepButton': 'No, déjalos',
    'privacy.kept': 'No hemos borrado nada.',
    'privacy.erasing': '🗑 Estamos borrando tus datos. Te avisaremos al terminar.',
    'privacy.erased': '✅ Tus datos se han borrado.',
    'privacy.nothing': 'No guardamos ningún dato tuyo.',
    'service.paused': '{local} no atiende ahora ({motivo}). Hemos guardado tu mensaje.',
    'service.pausedWithoutReason': '{local} no atiende ahora. Hemos guardado tu mensaje.',
    'service.closed': '{local} está cerrado; abre {cuando}. Hemos guardado tu mensaje.',
    'service.closedUntilFurtherNotice': '{local} está cerrado por ahora. Hemos guardado tu mensaje.',
    'service.busy': '{local} va con retraso: unos {minutos} minutos.',
    offline: '{local} no está conectado ahora mismo. Tu mensaje está guardado y le llegará en cuanto vuelva.',
    waiting: '{local} todavía no ha visto tu mensaje. Sigue guardado.',
    cancelButton: 'Cancelar mi mensaje',
    cancelled: 'Mensaje cancelado.',
    cancelTooLate: 'Ya lo están atendiendo.',
    failed: '{local} no ha podido atender tu mensaje.',
    'unanswered.expired':
      '⌛ Tu mensaje ha caducado sin que el local pudiera atenderlo. Vuelve a escribir si todavía lo necesitas.',
    'unanswered.no_answer': '⚠️ El local no ha respondido a tu mensaje. Inténtalo de nuevo dentro de unos minutos.',
  },
  commands: {
    start: 'Empezar',
    id: 'Ver tu identificador',
    privacidad: 'Tus datos: verlos o borrarlos',
    help: 'Ayuda',
  },
};
