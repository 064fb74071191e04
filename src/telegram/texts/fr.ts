import type { Wording } from './definitions.ts';

/** French, as in a café: vous. A no-break space stands before « ! », « : » and « ; ». */
export const fr: Wording = {
  sentences: {
    welcome: 'Bonjour {nombre} ! 👋\n<b>{local}</b> est à votre service. Écrivez ici ce qu’il vous faut.',
    welcomeUnassigned:
      'Bonjour {nombre} ! 👋\nAucun établissement n’est disponible pour le moment. Écrivez ce qu’il vous faut : nous vous répondrons dès que l’un d’eux le sera.',
    yourId: 'Votre identifiant est <code>{id}</code>',
    copyId: '📋 Copier mon identifiant',
    help:
      'Écrivez un message : l’établissement qui s’occupe de vous le recevra.\n\n' +
      '/start – commencer\n/id – voir votre identifiant\n/privacidad – tes données\n/help – cette aide',
    unassigned:
      '⏳ Aucun établissement n’est disponible pour le moment. Votre message est enregistré et sera traité dès que l’un d’eux le sera.',
    joinCodeUnknown: '⚠️ Ce lien n’est pas valable. Demandez-en un nouveau à l’établissement.',
    joinCodeFull: '⚠️ Cet établissement ne peut pas accueillir plus de monde pour le moment. Réessayez plus tard.',
    unreadable: '⚠️ Nous ne pouvons pas lire ce type de message ; écrivez-le, s’il vous plaît.',
    'press.expired': '⚠️ Cette action a expiré',
    'press.legacyExpired': '❌ Ce code a expiré',
    'press.legacyExpiredNote': '⚠️ <b>Action EXPIRÉE</b>',
    'press.processing': '⏳ En cours…',
    'press.done': '✅ C’est fait',
    'press.failed': '❌ L’opération n’a pas abouti.',
    'press.unanswered': '⚠️ L’établissement n’a pas répondu. Envoyez-lui un message si vous en avez encore besoin.',
    'press.notAllowed': '⚠️ Cette action n’est pas autorisée',
    'press.unreachable':
      '⚠️ L’établissement ne répond pas pour le moment. Envoyez-lui un message si vous en avez encore besoin.',
    'privacy.about':
      '🔒 <b>Tes données</b>\n\nNous gardons ton nom et ton identifiant Telegram, ce que tu écris ici et ce qu’on te répond, pour que l’établissement qui te sert reçoive tes messages. C’est lui le responsable de tes données : demande-lui ce que tu veux savoir.\n\nTu peux voir tout ce que nous gardons sur toi, ou l’effacer.',
    'privacy.exportButton': '📄 Voir mes données',
    'privacy.eraseButton': '🗑 Effacer mes données',
    'privacy.exporting': '📄 Nous préparons tout ça. Tu le recevras ici, dans un fichier.',
    'privacy.exportedJustNow': '📄 Nous venons de te l’envoyer. Tu pourras le redemander dans dix minutes.',
    'privacy.exported': '📄 Tout ce que nous gardons sur toi.',
    'privacy.confirm':
      '🗑 On efface toutes tes données ?\n\nTon profil, tes messages et tes fichiers sont effacés, et ce que l’établissement a encore en cours pour toi est annulé. C’est définitif.',
    'privacy.confirmButton': 'Oui, efface-les',
    'privacy.keepButton': 'Non, garde-les',
    'privacy.kept': 'Nous n’avons rien effacé.',
    'privacy.erasing': '🗑 Nous effaçons tes données. Nous te dirons quand ce sera fini.',
    'privacy.erased': '✅ Tes données ont été effacées.',
    'privacy.nothing': 'Nous ne gardons aucune donnée sur toi.',
    'service.paused': '{local} n’est pas disponible pour le moment ({motivo}). Nous avons gardé votre message.',
    'service.pausedWithoutReason': '{local} n’est pas disponible pour le moment. Nous avons gardé votre message.',
    'service.closed': '{local} est fermé et rouvre {cuando}. Nous avons gardé votre message.',
    'service.closedUntilFurtherNotice': '{local} est fermé pour le moment. Nous avons gardé votre message.',
    'service.busy': '{local} a du retard : environ {minutos} minutes.',
    offline: '{local} n’est pas connecté pour le moment. Votre message est gardé et lui parviendra dès son retour.',
    waiting: '{local} n’a pas encore vu votre message. Il est toujours gardé.',
    cancelButton: 'Annuler mon message',
    cancelled: 'Message annulé.',
    cancelTooLate: 'On s’en occupe déjà.',
    failed: '{local} n’a pas pu traiter votre message.',
    'unanswered.expired':
      '⌛ Votre message a expiré avant que l’établissement puisse s’en occuper. Écrivez de nouveau si vous en avez encore besoin.',
    'unanswered.no_answer': '⚠️ L’établissement n’a pas répondu à votre message. Réessayez dans quelques minutes.',
  },
  commands: {
    start: 'Commencer',
    id: 'Voir votre identifiant',
    privacidad: 'Tes données : les voir ou les effacer',
    help: 'Aide',
  },
};
