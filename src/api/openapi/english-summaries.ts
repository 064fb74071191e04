/** What an operation does: the Spanish text, and the English one. */
export const SUMMARIES: Readonly<Record<string, string>> = {
  'El proceso vive': 'The process lives',
  'El hub puede atender': 'The hub can work',
  'Los primeros pasos: el bot, y si ya hay un TPV conectado, un pedido, una persona y un local invitado':
    'The first steps: the bot, and whether a TPV has connected, an order was completed, a person wrote and a restaurant was invited',
  'Métricas para Prometheus': 'Metrics for Prometheus',
  'Si hay sesión, o hace falta crear la primera cuenta':
    'Whether there is a session, or the first account has to be made',
  'Abre una sesión': 'Opens a session',
  'Abre una sesión con el enlace que da el bot a un responsable; vale 5 minutos, una vez':
    'Opens a session with the link that the bot gives a manager; it works for 5 minutes, once',
  'Crea la primera cuenta': 'Makes the first account',
  'La sesión abierta': 'The open session',
  'Cierra la sesión': 'Closes the session',
  'Mis sesiones': 'My sessions',
  'Cierra una de mis sesiones': 'Closes one of my sessions',
  'Elige en qué idioma me habla el panel': 'Chooses in which language the panel speaks to me',
  'Cambia mi contraseña': 'Changes my password',
  'Prepara el segundo factor': 'Prepares the second factor',
  'Desactiva el segundo factor': 'Turns the second factor off',
  'Activa el segundo factor': 'Turns the second factor on',
  'Confirma quién usa la sesión: con un código si hay segundo factor, si no con la contraseña':
    'Proves who uses the session: by a code where there is a second factor, else by the password',
  'El Telegram de mi cuenta': 'The Telegram of my account',
  'Da un enlace para vincular mi Telegram': 'Gives a link that links my Telegram',
  'Desvincula mi Telegram': 'Unlinks my Telegram',
  'De qué alarmas se me avisa en Telegram': 'Of which alarms I am told in Telegram',
  'Elige de qué alarmas se me avisa en Telegram': 'Chooses of which alarms I am told in Telegram',
  'Las alarmas, de la más reciente a la más antigua': 'The alarms, the newest first',
  'Cuándo no se avisa de alarmas en Telegram': 'When nobody is told of alarms in Telegram',
  'Anuncia un mantenimiento: mientras dura, no se avisa de alarmas':
    'Announces a maintenance: while it lasts, nobody is told of alarms',
  'Termina un mantenimiento, o quita uno anunciado': 'Ends a maintenance, or takes back one that is announced',
  'Los hubs que comparten la base de datos': 'The hubs that share the database',
  'Las cuentas': 'The accounts',
  'Crea una cuenta': 'Makes an account',
  'Da un enlace con el que un responsable vincula su Telegram y entra; el anterior deja de valer':
    'Gives a link with which a manager links their Telegram and comes in; the one before ends',
  'Cambia lo que puede hacer una cuenta': 'Changes what an account may do',
  'Elimina una cuenta': 'Deletes an account',
  'Pone otra contraseña a una cuenta': 'Gives an account another password',
  'Los TPV, los más nuevos primero': 'The TPVs, the newest first',
  'Los mismos TPV, en CSV': 'The same TPVs, as CSV',
  'Crea un TPV, ya aprobado': 'Makes a TPV that is approved',
  'Un TPV con todo lo suyo': 'One TPV with all that is its own',
  'Cambia el nombre, la dirección o las plazas de un TPV': 'Changes the name, the address or the places of a TPV',
  'Elimina un TPV; sus personas buscan otro': 'Deletes a TPV; its people look for another one',
  'Envía al TPV una instrucción de prueba y mide su respuesta; espera hasta 10 s':
    'Sends the TPV a test instruction and measures its answer; waits up to 10 s',
  'Envía al TPV un pedido de prueba, como lo escribiría una persona; nadie recibe lo que conteste':
    'Sends the TPV a test order, as a person might write it; what it answers goes to no person',
  'Dice si el local de un TPV atiende, y cuándo abre':
    'Says whether the restaurant of a TPV attends, and when it opens',
  'Qué pasaría ahora con un cambio, y qué leería quien escribe; no cambia nada':
    'What a change would mean now, and what who writes would read; nothing changes',
  'Activa un TPV; la primera vez queda aprobado': 'Activates a TPV; the first time this is its approval',
  'Desactiva un TPV; sus personas se quedan con él o buscan otro':
    'Deactivates a TPV; its people stay with it or look for another one',
  'Da al TPV una clave nueva; la anterior vale 24 horas más':
    'Gives the TPV a new key; the one before is valid for 24 hours more',
  'Da al TPV un secreto de firma nuevo; con el anterior se firma 24 horas más':
    'Gives the TPV a new signing secret; the one before signs for 24 hours more',
  'Anula las claves de un TPV en el acto': 'Revokes the keys of a TPV at once',
  'Da al TPV otro código de alta; el anterior deja de valer':
    'Gives the TPV another join code; the one before leads nowhere',
  'El código QR del enlace de alta, para la puerta': 'The QR code of the join link, for the door',
  'Las personas, las más nuevas primero; «assigned=false» son las que esperan un TPV':
    'The people, the newest first; `assigned=false` are those who wait for a TPV',
  'Las mismas personas, en CSV': 'The same people, as CSV',
  'Una persona': 'One person',
  'Activa o desactiva a una persona; al escribir de nuevo vuelve a estar activa':
    'Activates or deactivates a person; writing again makes them active',
  'Borra a una persona y todo lo suyo; sus TPV reciben la orden de hacer lo mismo':
    'Erases a person and all that is theirs; their TPVs are told to do the same',
  'Asigna una persona a un TPV; lo que tiene abierto va con ella':
    'Assigns a person to a TPV; what they have open goes along',
  'Asigna muchas personas a un TPV, mientras le queden plazas':
    'Assigns many people to a TPV, as long as it has places',
  'Todo lo que pasó con una persona, lo más nuevo primero': 'All that happened with a person, the newest first',
  'Escribe a una persona, en nombre del bot; el texto va tal cual':
    'Writes to a person in the name of the bot; the text goes as it is',
  'Todo lo que se guarda sobre una persona, como fichero JSON': 'All that is held on a person, as a JSON file',
  'Las conversaciones; primero, las de quienes escribieron o pulsaron más tarde':
    'The conversations; those of the people who wrote last come first',
  'La cuenta ha leído una conversación hasta aquí': 'The account has read a conversation up to here',
  'La cuenta ha leído todas las conversaciones hasta aquí': 'The account has read all conversations up to here',
  'Un fichero que envió una persona, hasta 20 MB': 'A file that a person sent, up to 20 MB',
  'El fichero de un mensaje a una persona, hasta 20 MB': 'The file of a message to a person, up to 20 MB',
  'Las instrucciones, las más nuevas primero': 'The instructions, the newest first',
  'Las mismas instrucciones, en CSV': 'The same instructions, as CSV',
  'Una instrucción: su historia, y por qué espera': 'One instruction: its story, and why it waits',
  'Envía otra vez una instrucción terminada, con otro identificador, a quien atiende ahora a la persona':
    'Sends an instruction that ended once more, under another id, to the TPV that attends the person now',
  'Cancela una instrucción abierta; a la persona no se le dice nada':
    'Cancels an open instruction; the person is told nothing',
  'Da una instrucción abierta a otro TPV; la persona sigue donde está':
    'Gives an open instruction to another TPV; the person stays where they are',
  'Lo mismo con muchas: cuenta las que se puede, y dice por qué no las demás':
    'The same with many: counts those that can, and says why the others can not',
  'Qué pasa ahora mismo, y qué hay que mirar': 'What happens now, and what has to be looked at',
  'Qué ha pasado, minuto a minuto: en todo el hub o en un TPV':
    'What happened, minute by minute: in the whole hub or at one TPV',
  'Mensajes a personas': 'Messages to people',
  'Mensajes a personas, en CSV': 'Messages to people, as CSV',
  'Un mensaje': 'One message',
  'Vuelve a enviar un mensaje que falló, o del que no se sabe si llegó':
    'Sends a message once more that failed, or may have arrived',
  'Dice si llegó un mensaje del que no se sabía': 'Says whether a message arrived of which that was unknown',
  'Actualizaciones de Telegram que no llegaron a ser nada': 'Updates of Telegram that became nothing',
  'Una de ellas, como llegó': 'One of them, as it came',
  'La recibe otra vez': 'Receives it once more',
  'Descarta actualizaciones apartadas: se borran y no vuelven':
    'Discards updates that were put aside: they are deleted and do not come back',
  'Registro de auditoría': 'The audit log',
  'Registro de auditoría, en CSV': 'The audit log, as CSV',
  'Los ajustes': 'The settings',
  'Cambia ajustes; lo que no se indica queda como está': 'Changes settings; what is not given stays as it is',
  'Los textos en un idioma': 'The texts in one language',
  'Cómo se vería un texto': 'How a text would look',
  'Cómo está el webhook': 'How the webhook is',
  'Configura o repara el webhook': 'Sets or mends the webhook',
  'Borra el webhook: Telegram guarda las actualizaciones un día':
    'Deletes the webhook: Telegram keeps the updates for a day',
  'Lo que cambia, según cambia (server-sent events)': 'What changes, as it changes (server-sent events)',
  'Configura el webhook en Telegram': 'Sets the webhook at Telegram',
  'Registra un TPV y le da su clave': 'Registers a TPV and gives it its key',
  'Los datos del TPV': 'What is known of the TPV',
  'El TPV está vivo': 'The TPV is alive',
  'Las personas asignadas al TPV, por páginas': 'The people who are assigned to the TPV, by pages',
  'Las cifras del TPV': 'The figures of the TPV',
  'Da una clave nueva; la anterior vale 24 horas más': 'Gives a new key; the one before is valid for 24 hours more',
  'Da un secreto nuevo para comprobar la firma de las llamadas; con el anterior se firma 24 horas más':
    'Gives a new secret to check the signature of calls by; the one before signs for 24 hours more',
  'Si el local atiende ahora, y su horario': 'Whether the restaurant attends now, and its timetable',
  'Dice si el local atiende, va con retraso o está en pausa, y cuándo abre':
    'Says whether the restaurant attends, is late or pauses, and when it opens',
  'Las instrucciones del TPV; las pendientes quedan entregadas':
    'The instructions of the TPV; pending ones are handed out with it',
  'Una instrucción del TPV': 'One instruction of the TPV',
  'Informa de una instrucción; los estados solo avanzan': 'Reports on an instruction; statuses only move forward',
  'Envía un mensaje a una persona': 'Sends a message to a person',
  'El estado de un mensaje': 'The status of a message',
  'Cambia un mensaje enviado': 'Changes a message that was sent',
  'Borra un mensaje en Telegram': 'Deletes a message at Telegram',
  'Vuelve a enviar un mensaje del que no se sabe si llegó, o que falló':
    'Sends a message once more that may have arrived, or failed',
  'Envía un aviso con botones': 'Sends a notice with buttons',
  'Cambia un mensaje de este TPV': 'Changes a message of this TPV',
  'Borra un mensaje de este TPV': 'Deletes a message of this TPV',
  'Un fichero que envió un usuario del TPV, hasta 20 MB; admite Range':
    'A file that a person of the TPV sent, up to 20 MB; takes Range',
};
