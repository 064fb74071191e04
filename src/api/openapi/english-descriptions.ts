/** What is said of a part, a field or an answer: the Spanish text, and the English one. */
export const DESCRIPTIONS: Readonly<Record<string, string>> = {
  'Abre el bot en Telegram': 'Opens the bot in Telegram',
  'Alguien ha escrito al bot': 'Somebody has written to the bot',
  'Algún TPV ha completado algo, aunque sea un pedido de prueba':
    'Some TPV has completed something, be it a test order',
  'Algún local tiene una cuenta en el panel': 'Some restaurant has an account of the panel',
  'Algún TPV se ha conectado alguna vez': 'Some TPV has connected at some time',
  'Entre un bot de Telegram y los TPV de muchos restaurantes.':
    'Between one Telegram bot and the TPVs (point-of-sale servers) of many restaurants.',
  // Parts.
  TPV: 'TPV',
  Instrucciones: 'Instructions',
  Mensajes: 'Messages',
  Ficheros: 'Files',
  'Las más antiguas primero; sin él, las más nuevas': 'The oldest first; without it, the newest',
  'Nulo mientras Telegram no diga cómo se llama, y cuando ya está todo hecho':
    'Null while Telegram has not told its name, and once all is done',
  'Nulo: es «value», nadie lo ha cambiado': 'Null: it is "value", nobody has changed it',
  'Primero, quienes escribieron más tarde; sin él, quienes llegaron más tarde':
    'Those who wrote last first; without it, those who came last',
  'TPV antiguos': 'Older TPVs',
  Estado: 'State',
  Telegram: 'Telegram',
  'Panel: vigilancia': 'Panel: what happens',
  'Panel: conversaciones': 'Panel: conversations',
  'Panel: TPV': 'Panel: TPVs',
  'Panel: personas': 'Panel: people',
  'Panel: instrucciones': 'Panel: instructions',
  'Panel: mensajes': 'Panel: messages',
  'Panel: cuarentena': 'Panel: quarantine',
  'Panel: ajustes': 'Panel: settings',
  'Panel: cuentas': 'Panel: accounts',
  'Para un TPV: su alta, su clave, su estado y sus personas.': 'For a TPV: its registration, key, state and people.',
  'Para un TPV: lo que le piden, y lo que informa de ello.': 'For a TPV: what it is asked for, and what it reports.',
  'Para un TPV: lo que escribe a sus personas.': 'For a TPV: what it writes to its people.',
  'Para un TPV: lo que sus personas le envían.': 'For a TPV: what its people send.',
  'Para los TPV de antes: los mismos caminos y formas que conocen.':
    'For TPVs from before: the same paths and forms that they know.',
  'Para quien vigila el hub.': 'For who watches the hub.',
  'Para quien configura el webhook.': 'For who sets the webhook.',
  'Para quien administra: qué pasa, qué ha pasado, y quién hizo qué.':
    'For administrators: what happens, what happened, and who did what.',
  'Para quien administra: lo que se dice con cada persona.': 'For administrators: what is said with each person.',
  'Para quien administra: los TPV, sus claves y su servicio.':
    'For administrators: the TPVs, their keys and their service.',
  'Para quien administra: quién escribe, y quién le atiende.': 'For administrators: who writes, and who attends them.',
  'Para quien administra: lo que se pidió a los TPV.': 'For administrators: what the TPVs were asked for.',
  'Para quien administra: lo que se envió a las personas.': 'For administrators: what was sent to people.',
  'Para quien administra: lo que Telegram envió y no llegó a ser nada.':
    'For administrators: what Telegram sent and became nothing.',
  'Para quien administra: los ajustes, los textos y el webhook.':
    'For administrators: the settings, the texts and the webhook.',
  'Para quien administra: las sesiones y las cuentas.': 'For administrators: sessions and accounts.',
  // Secrets.
  '`ApiKey <clave>`; `Bearer <clave>` vale igual.': '`ApiKey <key>`; `Bearer <key>` is as good.',
  '`Token <ADMIN_TOKEN>`': '`Token <ADMIN_TOKEN>`',
  'La sesión del panel (`__Host-hub_session` con TLS). Lo que cambia algo lleva además `X-CSRF-Token`.':
    'The session of the panel (`__Host-hub_session` with TLS). What changes something carries `X-CSRF-Token` too.',
  // Operations.
  'Una página puede venir corta, incluso vacía, con «next»: la búsqueda por texto, orden o estado mira un número limitado de filas en cada petición.':
    'A page may be short, even empty, with `next`: a search by text, command or status looks at a bounded number of rows per request.',
  'Una página puede venir corta, incluso vacía, con «next». En «waiting» y «failed» una persona puede volver a salir en otra página.':
    'A page may be short, even empty, with `next`. In `waiting` and `failed` a person may come again on another page.',
  '«too_old»: al reintentar se omite lo que terminó hace más tiempo del que tenía para hacerse (24 horas los mensajes), y «completed» lo que ya se completó; una a una sí se puede.':
    '`too_old`: a retry leaves out what ended longer ago than it had time to be done (24 hours for messages), and `completed` what was completed; one by one it can be done.',
  // Answers.
  'Default Response': 'Default response',
  'El código': 'The code',
  'El fichero': 'The file',
  'La parte que pide Range': 'The part that Range asks for',
  'El rango queda fuera del fichero': 'The range lies outside the file',
  'La lista, en CSV': 'The list, as CSV',
  'Las métricas': 'The metrics',
  'Los cambios, sin fin': 'The changes, without end',
  // Fields.
  '12 caracteres como mínimo': '12 characters at least',
  'A quién se avisa de cada entrada': 'Who is told of each login',
  'Abre el bot y vincula a quien lo abra, una vez': 'Opens the bot and links who opens it, once',
  'Cuándo la vio el hub': 'When the hub found it',
  'Cuándo se avisó de ella en Telegram por última vez': 'When it was told in Telegram last',
  'De «manager»: los que ve y atiende': 'Of «manager»: those that they see and attend',
  'De «manager», y solo de él: al menos uno': 'Of «manager» alone: at least one',
  'Sin ella, «manager» entra por su invitación y por el bot':
    'Without it, a «manager» comes in by their invitation and by the bot',
  'Lo que sigue a «#» en el enlace que da el bot': 'What follows «#» in the link that the bot gives',
  'Si la cuenta tiene un Telegram vinculado': 'Whether a Telegram is linked to the account',
  'De cuáles no se avisa; de las demás, sí': 'Of which nobody is told; of the others, the person is',
  'null: todo el hub': 'null: the whole hub',
  'Si no se indica, ahora': 'Now where it is absent',
  'Cuánto dura; como mucho, 7 días': 'How long it lasts; 7 days at the most',
  'Avisa en Telegram de cada entrada': 'Tells of each login in Telegram',
  'Base32, para quien lo escriba a mano': 'Base32, for who types it',
  'Como cuál la envió otra vez un administrador': 'As which one an administrator sent it once more',
  'La que un administrador envió otra vez como esta': 'The one that an administrator sent once more as this one',
  'Con algo en espera; con algo que falló y no se reintentó; o a las que nadie contestó desde que la persona escribió':
    'With something that waits; with something that failed and was not sent once more; or those whose person wrote last',
  'Con un 500 o 503: búscalo en los registros del hub': 'With a 500 or 503: look for it in the log of the hub',
  'Con él comprueba el TPV la firma de las llamadas; se muestra solo esta vez':
    'By it the TPV checks the signature of calls; it is shown this once',
  'Cuenta sin cambiar nada': 'Counts, and changes nothing',
  'Cuándo cambiará por sí mismo, si no pasa nada antes': 'When it changes by itself, if nothing happens before',
  'Cuándo escribió o pulsó la persona por última vez; en «waiting» y «failed», cuándo llegó lo que se ve':
    'When the person wrote last; in `waiting` and `failed`, when what is shown came',
  'Código de 6 cifras, o un código de recuperación': 'A code of 6 digits, or a recovery code',
  'Cómo recoge sus instrucciones, o las recogía': 'How it gets its instructions, or got them',
  'Desde cuándo está en línea, o sin conexión': 'Since when it is online, or offline',
  'Desde este momento, incluido': 'From this moment on, with it',
  'Hasta este momento, excluido': 'Until this moment, without it',
  'El texto lleva el HTML de Telegram': 'The text has Telegram’s HTML',
  'En «GET /api/admin/pushes/:id/file»; null: no lleva fichero, o el hub no lo tiene':
    'At `GET /api/admin/pushes/:id/file`; null: it carries none, or the hub does not have it',
  'En «GET /api/admin/instructions/:id/files/:file_id»': 'At `GET /api/admin/instructions/:id/files/:file_id`',
  'Entera (`tpv.activate`), o solo su nombre (`tpv`)': 'Whole (`tpv.activate`), or its noun alone (`tpv`)',
  'Hasta 4 KiB; una más larga está en su instrucción': 'Up to 4 KiB; a longer one is with its instruction',
  'Hasta cuándo puede contestar el TPV': 'Until when the TPV can answer',
  'Instrucciones que esperan a ser entregadas': 'Instructions that wait to be handed out',
  'La persona escribió desde que esta cuenta la leyó': 'The person wrote since this account read it',
  'La petición trae una sesión abierta': 'The request has an open session',
  'Lo que lee quien escribe ahora (HTML de Telegram); null: nada':
    'What who writes now reads (Telegram’s HTML); null: nothing',
  'Lo que pasa con él está en GET /api/admin/instructions/:id':
    'What becomes of it is at GET /api/admin/instructions/:id',
  'Lo que sigue a «#» en el enlace de configuración': 'What follows `#` in the set-up link',
  'Lo último que dijo la persona, su TPV o un operador; en «waiting» y «failed», lo que espera o falló':
    'What the person, their TPV or an operator said last; in `waiting` and `failed`, what waits or failed',
  'Los mensajes que la persona recibe con los informes del TPV':
    'The messages that the person gets with the reports of the TPV',
  'Nulo: el TPV lo envió aparte, durante un pedido de prueba': 'Null: the TPV sent it apart, during a test order',
  'O el principio de «user_agent», si no se reconoce': 'Or the beginning of `user_agent`, where it is not known',
  'Parte del nombre, de la dirección o del identificador': 'Part of the name, the address or the id',
  'Partes del nombre, del alias o del identificador': 'Parts of the name, the username or the id',
  'Quién lo escribió en el panel, si se sabe': 'Who wrote it in the panel, if that is known',
  'Qué pasa y cómo arreglarlo': 'What is wrong and how to mend it',
  'Se guarda en minúsculas': 'It is kept in small letters',
  'Se muestra solo esta vez': 'It is shown this once',
  'Se muestran solo esta vez': 'They are shown this once',
  'Sin ninguna petición hasta entonces, la sesión termina': 'Without a request until then, the session ends',
  'Solo para «reassign»': 'For `reassign` only',
  'Su conexión WebSocket con este proceso': 'Its WebSocket to this process',
  'El hub con el que tiene abierto su WebSocket, si no es el que responde':
    'The hub to which its WebSocket is open, where it is not the one that answers',
  'En qué idioma le habla el panel': 'In which language the panel speaks to them',
  'Otros hubs pueden compartir la base de datos': 'Other hubs may share the database',
  'El nombre de su máquina': 'The name of its machine',
  'TPV conectados a él por WebSocket': 'TPVs that are connected to it by WebSocket',
  'Lo que hace él solo por todos': 'What it alone does for all',
  'Hace cuánto dijo por última vez que sigue vivo': 'How long ago it last said that it is alive',
  'Variables que tiene distintas del hub más antiguo y deberían ser iguales':
    'Variables that it has otherwise than the oldest hub, and should not',
  'El que ha respondido a esta petición': 'The one that answered this request',
  'Vacía donde el hub está solo, como siempre con SQLite.':
    'Empty where the hub is alone, as it always is with SQLite.',
  'Tal como vino en la instrucción': 'As it came in the instruction',
  'Texto que contiene el mensaje, o su identificador entero': 'Text that the message has in it, or its whole id',
  'Todavía no hay ninguna cuenta: hace falta el enlace de configuración':
    'There is no account yet: it takes the set-up link',
  'Un pedido de prueba: nadie recibe lo que el TPV contesta': 'A test order: what the TPV answers goes to no person',
  'Va en «X-CSRF-Token» con todo lo que cambia algo': 'Goes in `X-CSRF-Token` with all that changes something',
  '«code», de la aplicación o de recuperación, si la cuenta tiene segundo factor; si no, «password»':
    '`code`, of the app or of recovery, where the account has a second factor; else `password`',
  '«count» según el estado en que estaban': '`count` by the status in which they were',
};
