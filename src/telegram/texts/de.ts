import type { Wording } from './definitions.ts';

/** German, as in a restaurant: Sie. */
export const de: Wording = {
  sentences: {
    welcome: 'Hallo, {nombre}! 👋\n<b>{local}</b> ist für Sie da. Schreiben Sie einfach, was Sie brauchen.',
    welcomeUnassigned:
      'Hallo, {nombre}! 👋\nGerade ist kein Lokal verfügbar. Schreiben Sie, was Sie brauchen: Wir melden uns, sobald eines da ist.',
    yourId: 'Ihre ID ist <code>{id}</code>',
    copyId: '📋 Meine ID kopieren',
    help:
      'Schreiben Sie eine Nachricht, und Ihr Lokal bekommt sie.\n\n' +
      '/start – anfangen\n/id – Ihre ID sehen\n/privacidad – Ihre Daten\n/help – diese Hilfe',
    unassigned:
      '⏳ Gerade ist kein Lokal verfügbar. Wir haben Ihre Nachricht gespeichert und kümmern uns darum, sobald eines da ist.',
    joinCodeUnknown: '⚠️ Dieser Link ist ungültig. Bitten Sie das Lokal um einen neuen.',
    joinCodeFull: '⚠️ Dieses Lokal kann gerade niemanden mehr aufnehmen. Versuchen Sie es später noch einmal.',
    unreadable: '⚠️ Diese Art von Nachricht können wir nicht lesen; bitte schreiben Sie sie.',
    'press.expired': '⚠️ Diese Aktion ist abgelaufen',
    'press.legacyExpired': '❌ Dieser Code ist abgelaufen',
    'press.legacyExpiredNote': '⚠️ <b>Aktion ABGELAUFEN</b>',
    'press.processing': '⏳ Einen Moment…',
    'press.done': '✅ Erledigt',
    'press.failed': '❌ Das hat nicht geklappt.',
    'press.unanswered': '⚠️ Das Lokal hat nicht geantwortet. Schreiben Sie ihm, wenn Sie es noch brauchen.',
    'press.notAllowed': '⚠️ Diese Aktion ist nicht erlaubt',
    'press.unreachable': '⚠️ Das Lokal antwortet gerade nicht. Schreiben Sie ihm, wenn Sie es noch brauchen.',
    'privacy.about':
      '🔒 <b>Ihre Daten</b>\n\nWir speichern Ihren Namen und Ihre Telegram-ID, was Sie hier schreiben und was man Ihnen antwortet, damit das Lokal, das Sie bedient, Ihre Nachrichten bekommt. Verantwortlich für Ihre Daten ist dieses Lokal: Fragen Sie dort, was Sie wissen möchten.\n\nSie können alles sehen, was wir über Sie speichern, oder es löschen.',
    'privacy.exportButton': '📄 Meine Daten sehen',
    'privacy.eraseButton': '🗑 Meine Daten löschen',
    'privacy.exporting': '📄 Wir bereiten sie vor. Sie bekommen sie hier als Datei.',
    'privacy.exportedJustNow': '📄 Wir haben sie Ihnen gerade geschickt. In zehn Minuten können Sie wieder fragen.',
    'privacy.exported': '📄 Alles, was wir über Sie speichern.',
    'privacy.exportedPart':
      '📄 Ihre Daten, die neuesten zuerst. Nicht alle passen in eine Datei: Ein Teil von vor dem {fecha} fehlt. Bitten Sie das Lokal, das Sie bedient, um den Rest.',
    'privacy.confirm':
      '🗑 Sollen wir alle Ihre Daten löschen?\n\nIhr Profil, Ihre Nachrichten und Ihre Dateien werden gelöscht, und was beim Lokal noch offen ist, wird storniert. Das lässt sich nicht rückgängig machen.',
    'privacy.confirmButton': 'Ja, löschen',
    'privacy.keepButton': 'Nein, behalten',
    'privacy.kept': 'Wir haben nichts gelöscht.',
    'privacy.erasing': '🗑 Wir löschen Ihre Daten. Wir sagen Ihnen, wenn es fertig ist.',
    'privacy.erased': '✅ Ihre Daten sind gelöscht.',
    'privacy.nothing': 'Wir speichern keine Daten von Ihnen.',
    'service.paused': '{local} ist gerade nicht erreichbar ({motivo}). Wir haben Ihre Nachricht gespeichert.',
    'service.pausedWithoutReason': '{local} ist gerade nicht erreichbar. Wir haben Ihre Nachricht gespeichert.',
    'service.closed': '{local} hat geschlossen und öffnet {cuando}. Wir haben Ihre Nachricht gespeichert.',
    'service.closedUntilFurtherNotice': '{local} hat zurzeit geschlossen. Wir haben Ihre Nachricht gespeichert.',
    'service.busy': 'Bei {local} dauert es gerade länger: etwa {minutos} Minuten.',
    offline:
      '{local} ist gerade nicht verbunden. Ihre Nachricht ist gespeichert und kommt an, sobald die Verbindung wieder steht.',
    waiting: '{local} hat Ihre Nachricht noch nicht gesehen. Sie bleibt gespeichert.',
    cancelButton: 'Meine Nachricht stornieren',
    cancelled: 'Nachricht storniert.',
    cancelTooLate: 'Sie wird schon bearbeitet.',
    failed: '{local} konnte Ihre Nachricht nicht bearbeiten.',
    'unanswered.expired':
      '⌛ Ihre Nachricht ist abgelaufen, bevor das Lokal sich darum kümmern konnte. Schreiben Sie noch einmal, wenn Sie es noch brauchen.',
    'unanswered.no_answer':
      '⚠️ Das Lokal hat auf Ihre Nachricht nicht geantwortet. Versuchen Sie es in ein paar Minuten noch einmal.',
  },
  commands: { start: 'Anfangen', id: 'Ihre ID sehen', privacidad: 'Ihre Daten: sehen oder löschen', help: 'Hilfe' },
};
