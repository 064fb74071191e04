import type { Wording } from './definitions.ts';

/** Italian, in the tone of a bar: tu. */
export const it: Wording = {
  sentences: {
    welcome: 'Ciao, {nombre}! 👋\n<b>{local}</b> è qui per te. Scrivi quello che ti serve.',
    welcomeUnassigned:
      'Ciao, {nombre}! 👋\nAl momento non c’è nessun locale disponibile. Scrivi quello che ti serve: ti risponderemo appena ce ne sarà uno.',
    yourId: 'Il tuo ID è <code>{id}</code>',
    copyId: '📋 Copia il mio ID',
    help:
      'Scrivi un messaggio: lo riceverà il locale che ti segue.\n\n' +
      '/start – iniziare\n/id – vedere il tuo ID\n/privacidad – i tuoi dati\n/help – questo aiuto',
    unassigned:
      '⏳ Al momento non c’è nessun locale disponibile. Abbiamo salvato il tuo messaggio e ce ne occuperemo appena ce ne sarà uno.',
    joinCodeUnknown: '⚠️ Questo link non è valido. Chiedine uno nuovo al locale.',
    joinCodeFull: '⚠️ Questo locale non può seguire altre persone al momento. Riprova più tardi.',
    unreadable: '⚠️ Non riusciamo a leggere questo tipo di messaggio; scrivilo, per favore.',
    'press.expired': '⚠️ Questa azione è scaduta',
    'press.legacyExpired': '❌ Questo codice è scaduto',
    'press.legacyExpiredNote': '⚠️ <b>Azione SCADUTA</b>',
    'press.processing': '⏳ Un attimo…',
    'press.done': '✅ Fatto',
    'press.failed': '❌ Non è stato possibile completare.',
    'press.unanswered': '⚠️ Il locale non ha risposto. Scrivigli un messaggio se ti serve ancora.',
    'press.notAllowed': '⚠️ Questa azione non è consentita',
    'press.unreachable': '⚠️ Il locale non risponde al momento. Scrivigli un messaggio se ti serve ancora.',
    'privacy.about':
      '🔒 <b>I tuoi dati</b>\n\nConserviamo il tuo nome e il tuo identificativo Telegram, quello che scrivi qui e quello che ti rispondono, perché il locale che ti serve riceva i tuoi messaggi. Il titolare dei tuoi dati è quel locale: chiedi a lui quello che vuoi sapere.\n\nPuoi vedere tutto quello che conserviamo su di te, o cancellarlo.',
    'privacy.exportButton': '📄 Vedi i miei dati',
    'privacy.eraseButton': '🗑 Cancella i miei dati',
    'privacy.exporting': '📄 Li stiamo preparando. Ti arriveranno qui, in un file.',
    'privacy.exportedJustNow': '📄 Te li abbiamo appena inviati. Potrai chiederli di nuovo tra dieci minuti.',
    'privacy.exported': '📄 Tutto quello che conserviamo su di te.',
    'privacy.exportedPart':
      '📄 I tuoi dati, prima i più recenti. Non stanno tutti in un file: ne manca una parte anteriore al {fecha}. Chiedi il resto al locale che ti serve.',
    'privacy.confirm':
      '🗑 Cancelliamo tutti i tuoi dati?\n\nIl tuo profilo, i tuoi messaggi e i tuoi file vengono cancellati, e quello che il locale ha ancora in sospeso con te viene annullato. Non si può tornare indietro.',
    'privacy.confirmButton': 'Sì, cancellali',
    'privacy.keepButton': 'No, tienili',
    'privacy.kept': 'Non abbiamo cancellato nulla.',
    'privacy.erasing': '🗑 Stiamo cancellando i tuoi dati. Ti avviseremo quando avremo finito.',
    'privacy.erased': '✅ I tuoi dati sono stati cancellati.',
    'privacy.nothing': 'Non conserviamo nessun tuo dato.',
    'service.paused': '{local} non risponde in questo momento ({motivo}). Abbiamo salvato il tuo messaggio.',
    'service.pausedWithoutReason': '{local} non risponde in questo momento. Abbiamo salvato il tuo messaggio.',
    'service.closed': '{local} è chiuso; apre {cuando}. Abbiamo salvato il tuo messaggio.',
    'service.closedUntilFurtherNotice': '{local} è chiuso per ora. Abbiamo salvato il tuo messaggio.',
    'service.busy': '{local} è in ritardo: circa {minutos} minuti.',
    offline: '{local} non è connesso in questo momento. Il tuo messaggio è salvato e arriverà appena torna.',
    waiting: '{local} non ha ancora visto il tuo messaggio. È ancora salvato.',
    cancelButton: 'Annulla il mio messaggio',
    cancelled: 'Messaggio annullato.',
    cancelTooLate: 'Se ne stanno già occupando.',
    failed: '{local} non ha potuto gestire il tuo messaggio.',
    'unanswered.expired':
      '⌛ Il tuo messaggio è scaduto prima che il locale potesse occuparsene. Scrivi di nuovo se ti serve ancora.',
    'unanswered.no_answer': '⚠️ Il locale non ha risposto al tuo messaggio. Riprova tra qualche minuto.',
  },
  commands: {
    start: 'Iniziare',
    id: 'Vedere il tuo ID',
    privacidad: 'I tuoi dati: vederli o cancellarli',
    help: 'Aiuto',
  },
};
