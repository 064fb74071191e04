import type { Wording } from './definitions.ts';

/** Catalan, in the tone of a bar: tu. */
export const ca: Wording = {
  sentences: {
    welcome: 'Hola, {nombre}! 👋\nT’atén <b>{local}</b>. Escriu aquí el que necessitis.',
    welcomeUnassigned:
      'Hola, {nombre}! 👋\nAra mateix no hi ha cap local disponible. Escriu el que necessitis: t’atendrem tan bon punt n’hi hagi un.',
    yourId: 'El teu identificador és <code>{id}</code>',
    copyId: '📋 Copia el meu identificador',
    help:
      'Escriu un missatge i el rebrà el local que t’atén.\n\n' +
      '/start – començar\n/id – veure el teu identificador\n/privacidad – les teves dades\n/help – aquesta ajuda',
    unassigned:
      '⏳ Ara mateix no hi ha cap local disponible. Hem desat el teu missatge i l’atendrem tan bon punt n’hi hagi un.',
    joinCodeUnknown: '⚠️ Aquest enllaç no és vàlid. Demana’n un de nou al local.',
    joinCodeFull: '⚠️ Aquest local no pot atendre més persones ara mateix. Torna-ho a provar més tard.',
    unreadable: '⚠️ Aquest tipus de missatge no el podem llegir; escriu-lo, si us plau.',
    'press.expired': '⚠️ Aquesta acció ha caducat',
    'press.legacyExpired': '❌ El codi ha caducat',
    'press.legacyExpiredNote': '⚠️ <b>Acció CADUCADA</b>',
    'press.processing': '⏳ S’està processant…',
    'press.done': '✅ Fet',
    'press.failed': '❌ No s’ha pogut completar.',
    'press.unanswered': '⚠️ El local no ha respost. Escriu-li un missatge si encara ho necessites.',
    'press.notAllowed': '⚠️ Aquesta acció no està permesa',
    'press.unreachable': '⚠️ El local no respon ara mateix. Escriu-li un missatge si encara ho necessites.',
    'privacy.about':
      '🔒 <b>Les teves dades</b>\n\nDesem el teu nom i el teu identificador de Telegram, el que escrius aquí i el que et responen, perquè el local que t’atén rebi els teus missatges. El responsable de les teves dades és aquest local: pregunta-li el que necessitis saber.\n\nPots veure tot el que desem sobre tu, o esborrar-ho.',
    'privacy.exportButton': '📄 Veure les meves dades',
    'privacy.eraseButton': '🗑 Esborrar les meves dades',
    'privacy.exporting': '📄 Ho estem preparant. T’arribarà aquí, en un fitxer.',
    'privacy.exportedJustNow': '📄 T’ho acabem d’enviar. Ho podràs tornar a demanar d’aquí a deu minuts.',
    'privacy.exported': '📄 Tot el que desem sobre tu.',
    'privacy.exportedPart':
      '📄 Les teves dades, primer les més noves. No hi caben totes en un fitxer: falta part de les anteriors al {fecha}. Demana la resta al local que t’atén.',
    'privacy.confirm':
      '🗑 Esborrem totes les teves dades?\n\nS’esborren el teu perfil, els teus missatges i els teus fitxers, i es cancel·la el que el local tingui pendent de tu. No es pot desfer.',
    'privacy.confirmButton': 'Sí, esborra-les',
    'privacy.keepButton': 'No, deixa-les',
    'privacy.kept': 'No hem esborrat res.',
    'privacy.erasing': '🗑 Estem esborrant les teves dades. T’avisarem quan acabem.',
    'privacy.erased': '✅ Les teves dades s’han esborrat.',
    'privacy.nothing': 'No desem cap dada teva.',
    'service.paused': '{local} no atén ara mateix ({motivo}). Hem desat el teu missatge.',
    'service.pausedWithoutReason': '{local} no atén ara mateix. Hem desat el teu missatge.',
    'service.closed': '{local} està tancat; obre {cuando}. Hem desat el teu missatge.',
    'service.closedUntilFurtherNotice': '{local} està tancat de moment. Hem desat el teu missatge.',
    'service.busy': '{local} va amb retard: uns {minutos} minuts.',
    offline: '{local} no està connectat ara mateix. El teu missatge està desat i li arribarà tan bon punt torni.',
    waiting: '{local} encara no ha vist el teu missatge. Continua desat.',
    cancelButton: 'Cancel·lar el meu missatge',
    cancelled: 'Missatge cancel·lat.',
    cancelTooLate: 'Ja l’estan atenent.',
    failed: '{local} no ha pogut atendre el teu missatge.',
    'unanswered.expired':
      '⌛ El teu missatge ha caducat sense que el local el pogués atendre. Torna a escriure si encara ho necessites.',
    'unanswered.no_answer': '⚠️ El local no ha respost el teu missatge. Torna-ho a provar d’aquí a uns minuts.',
  },
  commands: {
    start: 'Començar',
    id: 'Veure el teu identificador',
    privacidad: 'Les teves dades: veure-les o esborrar-les',
    help: 'Ajuda',
  },
};
