import type { Wording } from './definitions.ts';

/** Portuguese, in the third person without a pronoun, and in words that Portugal and Brazil share. */
export const pt: Wording = {
  sentences: {
    welcome: 'Olá, {nombre}! 👋\n<b>{local}</b> à sua disposição. Escreva aqui o que precisar.',
    welcomeUnassigned:
      'Olá, {nombre}! 👋\nNeste momento não há nenhum estabelecimento disponível. Escreva o que precisar: responderemos assim que houver um.',
    yourId: 'O seu identificador é <code>{id}</code>',
    copyId: '📋 Copiar o meu identificador',
    help:
      'Escreva uma mensagem: vai recebê-la o estabelecimento que cuida de si.\n\n' +
      '/start – começar\n/id – ver o seu identificador\n/privacidad – os seus dados\n/help – esta ajuda',
    unassigned:
      '⏳ Neste momento não há nenhum estabelecimento disponível. A sua mensagem está guardada e será atendida assim que houver um.',
    joinCodeUnknown: '⚠️ Esse link não é válido. Peça um novo ao estabelecimento.',
    joinCodeFull: '⚠️ Esse estabelecimento não pode atender mais pessoas neste momento. Tente mais tarde.',
    unreadable: '⚠️ Não conseguimos ler esse tipo de mensagem; escreva-a, por favor.',
    'press.expired': '⚠️ Esta ação expirou',
    'press.legacyExpired': '❌ Este código expirou',
    'press.legacyExpiredNote': '⚠️ <b>Ação EXPIRADA</b>',
    'press.processing': '⏳ A processar…',
    'press.done': '✅ Feito',
    'press.failed': '❌ Não foi possível concluir.',
    'press.unanswered': '⚠️ O estabelecimento não respondeu. Envie-lhe uma mensagem se ainda precisar.',
    'press.notAllowed': '⚠️ Esta ação não é permitida',
    'press.unreachable':
      '⚠️ O estabelecimento não está a responder neste momento. Envie-lhe uma mensagem se ainda precisar.',
    'privacy.about':
      '🔒 <b>Os seus dados</b>\n\nGuardamos o seu nome e o seu identificador do Telegram, o que escreve aqui e o que lhe respondem, para que o estabelecimento receba as suas mensagens. O responsável pelos seus dados é esse estabelecimento: pergunte-lhe o que precisar de saber.\n\nPode ver tudo o que guardamos sobre si, ou apagá-lo.',
    'privacy.exportButton': '📄 Ver os meus dados',
    'privacy.eraseButton': '🗑 Apagar os meus dados',
    'privacy.exporting': '📄 Estamos a prepará-lo. Vai recebê-lo aqui, num ficheiro.',
    'privacy.exportedJustNow': '📄 Acabámos de o enviar. Pode voltar a pedir daqui a dez minutos.',
    'privacy.exported': '📄 Tudo o que guardamos sobre si.',
    'privacy.exportedPart':
      '📄 Os seus dados, primeiro os mais recentes. Não cabem todos num ficheiro: falta uma parte dos anteriores a {fecha}. Peça o resto ao estabelecimento.',
    'privacy.confirm':
      '🗑 Apagamos todos os seus dados?\n\nO seu perfil, as suas mensagens e os seus ficheiros são apagados, e o que o estabelecimento ainda tem pendente é cancelado. Não se pode desfazer.',
    'privacy.confirmButton': 'Sim, apagar',
    'privacy.keepButton': 'Não, deixar',
    'privacy.kept': 'Não apagámos nada.',
    'privacy.erasing': '🗑 Estamos a apagar os seus dados. Avisamos quando terminar.',
    'privacy.erased': '✅ Os seus dados foram apagados.',
    'privacy.nothing': 'Não guardamos nenhum dado seu.',
    'service.paused': '{local} não está a atender neste momento ({motivo}). A sua mensagem está guardada.',
    'service.pausedWithoutReason': '{local} não está a atender neste momento. A sua mensagem está guardada.',
    'service.closed': '{local} está fechado; abre {cuando}. A sua mensagem está guardada.',
    'service.closedUntilFurtherNotice': '{local} está fechado por agora. A sua mensagem está guardada.',
    'service.busy': '{local} está com atraso: cerca de {minutos} minutos.',
    offline: '{local} não está ligado neste momento. A sua mensagem está guardada e chegará assim que voltar.',
    waiting: '{local} ainda não viu a sua mensagem. Continua guardada.',
    cancelButton: 'Cancelar a minha mensagem',
    cancelled: 'Mensagem cancelada.',
    cancelTooLate: 'Já a estão a tratar.',
    failed: '{local} não conseguiu tratar a sua mensagem.',
    'unanswered.expired':
      '⌛ A sua mensagem expirou sem que o estabelecimento a pudesse atender. Escreva de novo se ainda precisar.',
    'unanswered.no_answer': '⚠️ O estabelecimento não respondeu à sua mensagem. Tente de novo dentro de alguns minutos.',
  },
  commands: {
    start: 'Começar',
    id: 'Ver o seu identificador',
    privacidad: 'Os seus dados: vê-los ou apagá-los',
    help: 'Ajuda',
  },
};
