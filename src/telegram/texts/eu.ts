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
      '/start – hasi\n/id – ikusi zure identifikatzailea\n/privacidad – zure datuak\n/help – laguntza hau',
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
    'privacy.about':
      '🔒 <b>Zure datuak</b>\n\nZure izena eta Telegrameko identifikatzailea, hemen idazten duzuna eta erantzuten dizutena gordetzen ditugu, artatzen zaituen lokalak zure mezuak jaso ditzan. Zure datuen arduraduna lokal hori da: galdetu hari jakin behar duzuna.\n\nZuri buruz gordetzen dugun guztia ikus dezakezu, edo ezabatu.',
    'privacy.exportButton': '📄 Nire datuak ikusi',
    'privacy.eraseButton': '🗑 Nire datuak ezabatu',
    'privacy.exporting': '📄 Prestatzen ari gara. Hemen iritsiko zaizu, fitxategi batean.',
    'privacy.exportedJustNow': '📄 Oraintxe bidali dizugu. Hamar minutu barru eskatu ahal izango duzu berriro.',
    'privacy.exported': '📄 Zuri buruz gordetzen dugun guztia.',
    'privacy.exportedPart':
      '📄 Zure datuak, berrienak lehenengo. Denak ez dira fitxategi batean sartzen: data honen aurreko batzuk falta dira: {fecha}. Eskatu gainerakoak artatzen zaituen lokalari.',
    'privacy.confirm':
      '🗑 Zure datu guztiak ezabatuko ditugu?\n\nZure profila, mezuak eta fitxategiak ezabatuko dira, eta lokalak zurea zain duena bertan behera geratuko da. Ezin da desegin.',
    'privacy.confirmButton': 'Bai, ezabatu',
    'privacy.keepButton': 'Ez, utzi',
    'privacy.kept': 'Ez dugu ezer ezabatu.',
    'privacy.erasing': '🗑 Zure datuak ezabatzen ari gara. Amaitzean esango dizugu.',
    'privacy.erased': '✅ Zure datuak ezabatu dira.',
    'privacy.nothing': 'Ez dugu zure daturik gordetzen.',
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
  commands: {
    start: 'Hasi',
    id: 'Ikusi zure identifikatzailea',
    privacidad: 'Zure datuak: ikusi edo ezabatu',
    help: 'Laguntza',
  },
};
