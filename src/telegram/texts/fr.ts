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
      '/start – commencer\n/id – voir votre identifiant\n/privacidad – vos données\n/help – cette aide',
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
      '🔒 <b>Vos données</b>\n\nNous gardons votre nom et votre identifiant Telegram, ce que vous écrivez ici et ce qu’on vous répond, pour que l’établissement qui s’occupe de vous reçoive vos messages. C’est lui le responsable de vos données : demandez-lui ce que vous voulez savoir.\n\nVous pouvez voir tout ce que nous gardons sur vous, ou l’effacer.',
    'privacy.exportButton': '📄 Voir mes données',
    'privacy.eraseButton': '🗑 Effacer mes données',
    'privacy.exporting': '📄 Nous préparons tout cela. Vous le recevrez ici, dans un fichier.',
    'privacy.exportedJustNow': '📄 Nous venons de vous l’envoyer. Vous pourrez le redemander dans dix minutes.',
    'privacy.exported': '📄 Tout ce que nous gardons sur vous.',
    'privacy.exportedPart':
      '📄 Vos données, les plus récentes d’abord. Elles ne tiennent pas toutes dans un fichier : il en manque une partie antérieure au {fecha}. Demandez le reste à l’établissement qui s’occupe de vous.',
    'privacy.confirm':
      '🗑 Effacer toutes vos données ?\n\nVotre profil, vos messages et vos fichiers seront effacés, et ce que l’établissement a encore en cours pour vous sera annulé. C’est définitif.',
    'privacy.confirmButton': 'Oui, les effacer',
    'privacy.keepButton': 'Non, les garder',
    'privacy.kept': 'Nous n’avons rien effacé.',
    'privacy.erasing': '🗑 Nous effaçons vos données. Nous vous dirons quand ce sera fini.',
    'privacy.erased': '✅ Vos données ont été effacées.',
    'privacy.nothing': 'Nous ne gardons aucune donnée sur vous.',
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
    privacidad: 'Vos données : les voir ou les effacer',
    help: 'Aide',
  },
};
