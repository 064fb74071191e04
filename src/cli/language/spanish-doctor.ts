/** What `doctor` finds, and how it is mended, in Spanish. */
export const SPANISH_DOCTOR: Readonly<Record<string, string>> = {
  'All is well{0}.': 'Todo está bien{0}.',
  '{0} {1}{2}: mend what has an arrow, from the top.':
    '{0} {1}{2}: arregla lo que lleva una flecha, empezando por arriba.',
  'Every variable has a value that it can have.': 'Todas las variables tienen un valor que vale.',
  'Set it in .env; .env.example explains every variable.':
    'Configúralo en .env; .env.example explica todas las variables.',

  // Copies
  'No copies are made by themselves.': 'No se hacen copias automáticas.',
  'Set BACKUP_DIR=data/backups, and restart the hub.': 'Pon BACKUP_DIR=data/backups y reinicia el hub.',
  'A hub that runs makes the first one within minutes; if not, its log says why.':
    'Un hub en marcha hace la primera en unos minutos; si no, su registro dice por qué.',
  'There is no copy in {0}.': 'No hay ninguna copia en {0}.',
  'The newest copy was made at {0}: {1} in {2}.': 'La última copia es de {0}: {1}, en {2}.',
  'It is older than 26 hours. If the hub runs, its log says why it made no other one.':
    'Tiene más de 26 horas. Si el hub está en marcha, su registro dice por qué no ha hecho otra.',
  "The copies can't be looked at ({0}).": 'No se pueden mirar las copias ({0}).',
  'Let the user that runs the hub into {0}.': 'Deja entrar en {0} al usuario que ejecuta el hub.',

  // Buttons
  'CALLBACK_ALLOW_PRIVATE is true: buttons may call every address of this LAN.':
    'CALLBACK_ALLOW_PRIVATE es true: los botones pueden llamar a cualquier dirección de esta red local.',
  'Set it to false, unless the TPVs stand in this LAN.': 'Ponla a false, salvo que los TPV estén en esta red local.',
  'CALLBACK_ALLOWED_ORIGINS has {0}, a private or unknown address: its buttons are never called.':
    'CALLBACK_ALLOWED_ORIGINS tiene {0}, una dirección privada o desconocida: a sus botones no se les llama nunca.',
  'Give an address that the internet knows, or set CALLBACK_ALLOW_PRIVATE=true for a LAN.':
    'Pon una dirección que se conozca en internet, o CALLBACK_ALLOW_PRIVATE=true si es una red local.',
  '"{0}" has the private or unknown address {1}: buttons can\'t call it.':
    '«{0}» tiene una dirección privada o desconocida, {1}: los botones no pueden llamarlo.',
  'It matters only where its buttons have a callback_url; CALLBACK_ALLOW_PRIVATE=true allows it.':
    'Solo importa si sus botones llevan callback_url; CALLBACK_ALLOW_PRIVATE=true lo permite.',
  'What buttons call can be called.': 'A lo que llaman los botones se puede llamar.',

  // The database
  'Keep the file, stop the hub, and restore the last good copy: npx valletpv-hub restore <copy>':
    'Guarda el fichero, para el hub y recupera la última copia buena: npx valletpv-hub restore <copia>',
  'DATABASE_DURABILITY is normal: a power cut may lose the last moments.':
    'DATABASE_DURABILITY es normal: un corte de luz puede perder los últimos instantes.',
  'Set DATABASE_DURABILITY=full.': 'Pon DATABASE_DURABILITY=full.',
  "{0} can't be written ({1}).": 'En {0} no se puede escribir ({1}).',
  '{0} does not exist yet; the first start makes it.': '{0} todavía no existe; la crea el primer arranque.',
  'A newer version of the hub wrote this database ({0}).':
    'Esta base de datos la escribió una versión más nueva del hub ({0}).',
  'Install that version, or a later one.': 'Instala esa versión, o una posterior.',
  'The schema is old; still to be applied: {0}.': 'El esquema es antiguo; falta aplicar {0}.',
  'npx valletpv-hub migrate, or restart the hub.': 'npx valletpv-hub migrate, o reinicia el hub.',
  'The database is damaged: {0}': 'La base de datos está dañada: {0}',
  "The database answers, and its schema is this program's.":
    'La base de datos contesta, y su esquema es el de este programa.',
  'Check DATABASE_URL, and that the database runs and lets this user in.':
    'Comprueba DATABASE_URL, y que la base de datos está en marcha y deja entrar a este usuario.',
  'Make room on the disk of {0}.': 'Haz sitio en el disco de {0}.',
  'Mount the disk of {0} so that it can be written.': 'Monta el disco de {0} de modo que se pueda escribir.',
  'Give it to the user that runs the hub: chown -R <user> {0}':
    'Dáselo al usuario que ejecuta el hub: chown -R <usuario> {0}',

  // The machine
  "The disk of {0} can't be asked: the folder does not exist yet.":
    'No se puede preguntar por el disco de {0}: la carpeta todavía no existe.',
  '{0} MiB are free under {1}.': 'Quedan {0} MiB libres en {1}.',
  'Free some space there: a full disk makes the hub refuse updates (503).':
    'Libera espacio ahí: con el disco lleno, el hub rechaza lo que llega (503).',
  'Free some space, or lower RETENTION_DAYS.': 'Libera espacio, o baja RETENTION_DAYS.',
  'Nobody else can read {0}.': 'Nadie más puede leer {0}.',
  'Every user of this machine can read {0} (mode {1}).': 'Cualquier usuario de esta máquina puede leer {0} (modo {1}).',
  'The hub runs at {0}.': 'El hub está en marcha en {0}.',
  'The hub runs at {0} and is not ready: {1}': 'El hub está en marcha en {0}, pero no está listo: {1}',
  'Look at its log: deploy/manage_webhook_service.sh logs-error':
    'Mira su registro: deploy/manage_webhook_service.sh logs-error',
  'The hub does not run; {0}:{1} is free for it.': 'El hub no está en marcha; {0}:{1} está libre para él.',
  'Mend that; the hub goes on by itself.': 'Arréglalo; el hub sigue por sí solo.',
  'The clock can’t be compared: Telegram does not answer.': 'No se puede comparar el reloj: Telegram no contesta.',
  'The clock can’t be compared: Telegram tells no time.': 'No se puede comparar el reloj: Telegram no dice la hora.',
  'The clock is right.': 'El reloj va bien.',
  'The clock is {0} s {1}.': 'El reloj va {0} s {1}.',
  ahead: 'adelantado',
  behind: 'atrasado',

  // The way here
  'PUBLIC_URL is not set: TPVs and links have no address to show.':
    'PUBLIC_URL no está configurada: ni los TPV ni los enlaces tienen dirección.',
  'Check TELEGRAM_WEBHOOK_URL.': 'Comprueba TELEGRAM_WEBHOOK_URL.',
  'Set PUBLIC_URL.': 'Configura PUBLIC_URL.',
  'No hub answers at {0}.': 'En {0} no contesta ningún hub.',
  'Check DNS, the firewall, the certificate and the web server in front.':
    'Comprueba el DNS, el cortafuegos, el certificado y el servidor web que hay delante.',
  'The hub answers at {0}.': 'El hub contesta en {0}.',
  'A WebSocket opens through it.': 'Un WebSocket se abre a través de esa dirección.',
  'It passes WebSockets on (ADMIN_TOKEN would open one).': 'Deja pasar los WebSocket (con ADMIN_TOKEN se abriría uno).',
  'Let the web server pass the headers Upgrade and Connection with HTTP/1.1, as deploy/nginx/valletpv-hub.conf does.':
    'Haz que el servidor web pase las cabeceras Upgrade y Connection con HTTP/1.1, como hace deploy/nginx/valletpv-hub.conf.',
  'The web server in front strips "Upgrade": no TPV can open a WebSocket.':
    'El servidor web de delante quita «Upgrade»: ningún TPV puede abrir un WebSocket.',
  'No WebSocket opens through {0} ({1}).': 'A través de {0} no se abre ningún WebSocket ({1}).',
  'The webhook takes TELEGRAM_WEBHOOK_SECRET.': 'El webhook acepta TELEGRAM_WEBHOOK_SECRET.',
  'The running hub has another TELEGRAM_WEBHOOK_SECRET than .env.':
    'El hub en marcha tiene otro TELEGRAM_WEBHOOK_SECRET que el de .env.',
  'Restart the hub.': 'Reinicia el hub.',
  'The webhook {0} does not lead to the hub ({1}).': 'El webhook {0} no lleva al hub ({1}).',

  // Telegram
  "Telegram can't be reached ({0}).": 'No se llega hasta Telegram ({0}).',
  'Check this machine’s network, DNS and firewall, and TELEGRAM_API_ROOT.':
    'Comprueba la red, el DNS y el cortafuegos de esta máquina, y TELEGRAM_API_ROOT.',
  'Telegram refuses TELEGRAM_BOT_TOKEN ({0} {1}).': 'Telegram rechaza TELEGRAM_BOT_TOKEN ({0} {1}).',
  'Copy it again from @BotFather (/mybots, API Token).': 'Vuelve a copiarlo de @BotFather (/mybots, API Token).',
  'Telegram knows the bot: @{0}.': 'Telegram conoce al bot: @{0}.',
  'Telegram does not say how the webhook is: {0}': 'Telegram no dice cómo está el webhook: {0}',
  'Try again in a minute.': 'Vuelve a intentarlo dentro de un minuto.',
  'TELEGRAM_MODE is polling: no webhook is needed, and none is set.':
    'TELEGRAM_MODE es polling: no hace falta webhook, y no hay ninguno.',
  'Telegram delivers here, and its last deliveries went well.':
    'Telegram entrega aquí, y sus últimas entregas han ido bien.',
  'Telegram has no webhook for this bot.': 'Telegram no tiene webhook para este bot.',
  'Telegram delivers to {0}, not to {1}.': 'Telegram entrega en {0}, y no en {1}.',
  '{0}, unless that is on purpose.': '{0}, salvo que sea a propósito.',
  "Telegram's last delivery failed ({0}): {1}": 'La última entrega de Telegram falló ({0}): {1}',
  'Telegram holds back {0} updates.': 'Telegram tiene {0} actualizaciones sin entregar.',
  'Check that PUBLIC_URL leads to the hub.': 'Comprueba que PUBLIC_URL lleva al hub.',
  'Telegram does not deliver {0}.': 'Telegram no entrega {0}.',
  'TELEGRAM_MODE is polling, but Telegram delivers to {0}: no update can be fetched.':
    'TELEGRAM_MODE es polling, pero Telegram entrega en {0}: no se puede recoger nada.',
  'Start the hub, which takes the webhook away, or: npx valletpv-hub webhook delete':
    'Arranca el hub, que quita el webhook, o ejecuta: npx valletpv-hub webhook delete',
  'The secret that Telegram has is not TELEGRAM_WEBHOOK_SECRET: {0}':
    'El secreto que tiene Telegram no es TELEGRAM_WEBHOOK_SECRET: {0}',
  'The address leads to another program: check the web server in front of the hub.':
    'La dirección lleva a otro programa: comprueba el servidor web que hay delante del hub.',
  'The web server in front does not reach the hub: check that it runs, and its PORT.':
    'El servidor web de delante no llega al hub: comprueba que está en marcha, y su PORT.',
  'Renew the certificate, and serve its whole chain.': 'Renueva el certificado, y sirve su cadena completa.',
  'Check DNS, the firewall and the web server in front of the hub.':
    'Comprueba el DNS, el cortafuegos y el servidor web que hay delante del hub.',
};
