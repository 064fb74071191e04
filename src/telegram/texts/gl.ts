import type { Wording } from './definitions.ts';

/** Galician, in the tone of a bar: ti. */
export const gl: Wording = {
  sentences: {
    welcome: 'Ola, {nombre}! 👋\nAténdete <b>{local}</b>. Escribe aquí o que precises.',
    welcomeUnassigned:
      'Ola, {nombre}! 👋\nAgora mesmo non hai ningún local dispoñible. Escribe o que precises: atenderémoste en canto o haxa.',
    yourId: 'O teu identificador é <code>{id}</code>',
    copyId: '📋 Copiar o meu identificador',
    help:
      'Escribe unha mensaxe e recibiraa o local que te atende.\n\n' +
      '/start – comezar\n/id – ver o teu identificador\n/privacidad – os teus datos\n/help – esta axuda',
    unassigned:
      '⏳ Agora mesmo non hai ningún local dispoñible. Gardamos a túa mensaxe e atenderémola en canto o haxa.',
    joinCodeUnknown: '⚠️ Esa ligazón non é válida. Pídelle unha nova ao local.',
    joinCodeFull: '⚠️ Ese local non pode atender máis persoas agora mesmo. Téntao máis tarde.',
    unreadable: '⚠️ Ese tipo de mensaxe non o podemos ler; escríbea, por favor.',
    'press.expired': '⚠️ Esta acción caducou',
    'press.legacyExpired': '❌ O código caducou',
    'press.legacyExpiredNote': '⚠️ <b>Acción CADUCADA</b>',
    'press.processing': '⏳ En proceso…',
    'press.done': '✅ Feito',
    'press.failed': '❌ Non se puido completar.',
    'press.unanswered': '⚠️ O local non respondeu. Escríbelle unha mensaxe se aínda o precisas.',
    'press.notAllowed': '⚠️ Esta acción non está permitida',
    'press.unreachable': '⚠️ O local non responde agora mesmo. Escríbelle unha mensaxe se aínda o precisas.',
    'privacy.about':
      '🔒 <b>Os teus datos</b>\n\nGardamos o teu nome e o teu identificador de Telegram, o que escribes aquí e o que che contestan, para que o local que te atende reciba as túas mensaxes. O responsable dos teus datos é ese local: pregúntalle o que precises saber.\n\nPodes ver todo o que gardamos sobre ti, ou borralo.',
    'privacy.exportButton': '📄 Ver os meus datos',
    'privacy.eraseButton': '🗑 Borrar os meus datos',
    'privacy.exporting': '📄 Estámolo preparando. Chegarache aquí, nun ficheiro.',
    'privacy.exportedJustNow': '📄 Acabamos de enviarcho. Poderás pedilo outra vez dentro de dez minutos.',
    'privacy.exported': '📄 Todo o que gardamos sobre ti.',
    'privacy.exportedPart':
      '📄 Os teus datos, primeiro os máis novos. Non caben todos nun ficheiro: falta parte dos anteriores ao {fecha}. Pídelle o resto ao local que te atende.',
    'privacy.confirm':
      '🗑 Borramos todos os teus datos?\n\nBórranse o teu perfil, as túas mensaxes e os teus ficheiros, e cancélase o que o local teña pendente de ti. Non se pode desfacer.',
    'privacy.confirmButton': 'Si, bórraos',
    'privacy.keepButton': 'Non, déixaos',
    'privacy.kept': 'Non borramos nada.',
    'privacy.erasing': '🗑 Estamos borrando os teus datos. Avisarémoste ao rematar.',
    'privacy.erased': '✅ Os teus datos borráronse.',
    'privacy.nothing': 'Non gardamos ningún dato teu.',
    'service.paused': '{local} non atende agora ({motivo}). Gardamos a túa mensaxe.',
    'service.pausedWithoutReason': '{local} non atende agora. Gardamos a túa mensaxe.',
    'service.closed': '{local} está pechado; abre {cuando}. Gardamos a túa mensaxe.',
    'service.closedUntilFurtherNotice': '{local} está pechado polo de agora. Gardamos a túa mensaxe.',
    'service.busy': '{local} vai con atraso: uns {minutos} minutos.',
    offline: '{local} non está conectado agora mesmo. A túa mensaxe está gardada e chegaralle en canto volva.',
    waiting: '{local} aínda non viu a túa mensaxe. Segue gardada.',
    cancelButton: 'Cancelar a miña mensaxe',
    cancelled: 'Mensaxe cancelada.',
    cancelTooLate: 'Xa a están atendendo.',
    failed: '{local} non puido atender a túa mensaxe.',
    'unanswered.expired':
      '⌛ A túa mensaxe caducou sen que o local puidese atendela. Volve escribir se aínda o precisas.',
    'unanswered.no_answer': '⚠️ O local non respondeu á túa mensaxe. Téntao de novo dentro duns minutos.',
  },
  commands: {
    start: 'Comezar',
    id: 'Ver o teu identificador',
    privacidad: 'Os teus datos: velos ou borralos',
    help: 'Axuda',
  },
};
