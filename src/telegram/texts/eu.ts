import type { Wording } from './definitions.ts';

/** Basque, in the tone of a bar: zu. A name never takes an ending: «{local} lokalak», not «{local}k». */
export const eu: Wording = {
  sentences: {
    welcome: 'Kaixo, {nombre}! 👋\nZure zerbitzura: <b>{local}</b>. Idatzi hemen behar duzuna.',
    welcomeUnassigned:
      'Kaixo, {nombre}! 👋\nOraintxe ez dago lokalik erabilgarri. Idatzi behar duzuna: lokal bat dagoen bezain laster erantzungo dizugu.',
    yourId: 'Zure identifikatzailea: <code>{id}</code>',
    copyId: '📋 Kopiatu nire identifikatzailea',
    help:
      'Idatzi mezu bat, eta zu artatzen zaituen lokalak jasoko du.\n\n' +
      '/start – hasi\n/id – ikusi zure identifikatzailea\n/help – laguntza hau',
    unassigned:
      '⏳ Oraintxe ez dago lokalik erabilgarri. Zure mezua gorde dugu, eta lokal bat dagoen bezain laster erantzungo dizugu.',
    joinCodeUnknown: '⚠️ Esteka horrek ez du balio. Eskatu berri bat lokalean.',
    joinCodeFull: '⚠️ Lokal horrek ezin du jende gehiago artatu oraintxe. Saiatu geroago.',
    unreadable: '⚠️ Mota horretako mezurik ezin dugu irakurri; idatzi, mesedez.',
    'press.expired': '⚠️ Ekintza hau iraungi da',
    'press.legacyExpired': '❌ Kodea iraungi da',
    'press.legacyExpiredNote': '⚠️ <b>Ekintza IRAUNGITA</b>',
    'press.processing': '⏳ Prozesatzen…',
    'press.done': '✅ Eginda',
    'press.failed': '❌ Ezin izan da osatu.',
    'press.unanswered': '⚠️ Lokalak ez du erantzun. Idatzi mezu bat oraindik behar baduzu.',
    'press.notAllowed': '⚠️ Ekintza hau ez dago baimenduta',
    'press.unreachable': '⚠️ Lokalak ez du oraintxe erantzuten. Idatzi mezu bat oraindik behar baduzu.',
    'service.paused': '{local} lokalak ez du orain artatzen ({motivo}). Zure mezua gorde dugu.',
    'service.pausedWithoutReason': '{local} lokalak ez du orain artatzen. Zure mezua gorde dugu.',
    'service.closed': '{local} itxita dago. Hurrengo irekiera: {cuando}. Zure mezua gorde dugu.',
    'service.closedUntilFurtherNotice': '{local} itxita dago oraingoz. Zure mezua gorde dugu.',
    'service.busy': '{local} atzeratuta dabil: {minutos} minutu inguru.',
    offline:
      '{local} lokala ez dago orain konektatuta. Zure mezua gordeta dago, eta itzuli bezain laster iritsiko zaio.',
    waiting: '{local} lokalak oraindik ez du zure mezua ikusi. Gordeta jarraitzen du.',
    cancelButton: 'Utzi bertan behera nire mezua',
    cancelled: 'Mezua bertan behera utzi da.',
    cancelTooLate: 'Dagoeneko artatzen ari dira.',
    failed: '{local} lokalak ezin izan du zure mezua artatu.',
    'unanswered.expired':
      '⌛ Zure mezua iraungi egin da, lokalak ezin izan duelako artatu. Idatzi berriro oraindik behar baduzu.',
    'unanswered.no_answer': '⚠️ Lokalak ez dio zure mezuari erantzun. Saiatu berriro minutu batzuk barru.',
  },
  commands: { start: 'Hasi', id: 'Ikusi zure identifikatzailea', help: 'Laguntza' },
};
