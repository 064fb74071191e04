/** What commands say of the database, its copies, the service, the webhook and the logs, in Spanish. */
export const SPANISH_MACHINE: Readonly<Record<string, string>> = {
  // Every command
  'the commands are {0}, and "npx valletpv-hub --help" explains them.':
    'las órdenes son {0}, y «npx valletpv-hub --help» las explica.',
  'A command is missing: {0}': 'Falta una orden: {0}',
  '"{0}" is no command: {1}': '«{0}» no es ninguna orden: {1}',
  '"npx valletpv-hub {0} --help" shows what it takes.': '«npx valletpv-hub {0} --help» explica qué admite.',
  'The two were not the same: nothing was changed. Give the {0} again.':
    'No coinciden: no se ha cambiado nada. Vuelve a escribir {0}.',
  'The {0} is missing: give it on standard input.': 'Falta {0}: escríbelo por la entrada estándar.',
  '"completion" takes bash or zsh.': '«completion» va seguido de bash o zsh.',
  '"man" takes no words: valletpv-hub man > valletpv-hub.8':
    '«man» no admite palabras: valletpv-hub man > valletpv-hub.8',

  // The database
  'The database is not up to date: run "npx valletpv-hub migrate" first.':
    'La base de datos no está al día: ejecuta antes «npx valletpv-hub migrate».',
  'There is no database at {0} yet: "migrate" or "serve" makes it.':
    'Todavía no hay base de datos en {0}: la crea «migrate» o «serve».',
  '"migrate" takes --status or --to, not both.': '«migrate» admite --status o --to, no los dos.',
  'The database is up to date.': 'La base de datos está al día.',
  'Applied: {0}.': 'Aplicadas: {0}.',
  'a newer version of the hub wrote it': 'la escribió una versión más nueva del hub',
  'The database is newer than this program.': 'La base de datos es más nueva que este programa.',
  '{0} to apply: "npx valletpv-hub migrate", or the next start.':
    'Por aplicar: {0}. Lo hace «npx valletpv-hub migrate», o el próximo arranque.',
  'DATABASE_URL is PostgreSQL already; "migrate --to" moves from SQLite.':
    'DATABASE_URL ya es PostgreSQL; «migrate --to» traslada desde SQLite.',
  "{0} texts of {1} had a NUL, which PostgreSQL can't hold; it became U+FFFD.":
    '{0} textos de {1} llevaban un NUL, que PostgreSQL no admite; ahora es U+FFFD.',
  'PostgreSQL held all of this already ({0} rows): nothing was changed.':
    'PostgreSQL ya tenía todo esto ({0} filas): no se ha cambiado nada.',
  'Moved {0} rows, and compared both sides. Set DATABASE_URL to the new address; {1} stays as it is.':
    'Trasladadas {0} filas, y comparadas las dos bases. Pon la dirección nueva en DATABASE_URL; {1} se queda como está.',
  'What was noted of erasures is in {0} too: keep that file, in the data folder of the hub that uses PostgreSQL.':
    'Lo apuntado de los borrados está también en {0}: conserva ese fichero en la carpeta de datos del hub que usa PostgreSQL.',
  'Address (postgres://user:password@host/database): ': 'Dirección (postgres://usuario:contraseña@servidor/base): ',
  'the address': 'la dirección',
  '{0} takes postgres://user@host/database, or - to ask for it.':
    '{0} admite postgres://usuario@servidor/base, o - para que se pregunte.',
  'A password on the command line is seen by everybody on this machine: give {0} -, and the address on standard input.':
    'Una contraseña en la línea de órdenes la ve cualquiera en esta máquina: pon {0} -, y la dirección por la entrada estándar.',
  '{0} names another machine: add ?sslmode=verify-full, or ?sslmode=disable where the network is trusted.':
    '{0} apunta a otra máquina: añade ?sslmode=verify-full, o ?sslmode=disable si la red es de confianza.',

  // Copies
  '"backup" takes one file, which it makes, or "list".': '«backup» va seguido de un fichero, que crea, o de «list».',
  'Copied {0} to {1} ({2}, {3} s), and read the copy through: it is whole.':
    'Copiado {0} en {1} ({2}, {3} s), y leída la copia de principio a fin: está entera.',
  'No copies are made by themselves: set BACKUP_DIR, and restart the hub.':
    'No se hacen copias automáticas: configura BACKUP_DIR y reinicia el hub.',
  'There is no copy in {0} yet.': 'Todavía no hay ninguna copia en {0}.',
  '"restore" takes one file, which "backup" made.': '«restore» va seguido de un fichero que hizo «backup».',
  'What was there is kept as the schema {0}: drop it (drop schema … cascade) once it is not needed.':
    'Lo que había se conserva en el esquema {0}: bórralo (drop schema … cascade) cuando ya no haga falta.',
  '{0} is what {1} holds ({2}).': '{0} tiene ahora lo que contiene {1} ({2}).',
  'What was there is kept as {0}; this goes back: npx valletpv-hub restore {1}':
    'Lo que había se conserva en {0}; para volver atrás: npx valletpv-hub restore {1}',
  'It could not be read ({0}), and was kept as it is.': 'No se pudo leer ({0}), y se conserva tal cual.',
  'The copy is older than this program: the next start applies {0}.':
    'La copia es más antigua que este programa: el próximo arranque aplica {0}.',
  'People who were erased since the copy was made are erased again at the next start.':
    'A quienes se borró después de hacer la copia se les borra otra vez en el próximo arranque.',
  'There is no {0} in {1}: "npx valletpv-hub backup list" shows what is.':
    'No hay ningún {0} en {1}: «npx valletpv-hub backup list» muestra los que hay.',
  '{0} is there and in {1}: say which one, as ./{2} or {3}.':
    '{0} está aquí y en {1}: di cuál quieres, con ./{2} o {3}.',

  // The service before this one
  '"import" takes "django".': '«import» va seguido de «django».',
  '"import" takes --apply or --dry-run, not both.': '«import» admite --apply o --dry-run, no los dos.',
  '"import django" takes --database <file>, or --database - for PostgreSQL.':
    'A «import django» le falta --database <fichero>, o --database - si es PostgreSQL.',
  '--callback-url: {0} is no origin.': '--callback-url: {0} no es un origen.',
  '--callback-url takes <empresa>=<http or https URL>, and not {0}.':
    '--callback-url admite <empresa>=<URL http o https>, y no {0}.',
  'Done. Again is fine: it makes what is not there yet.': 'Hecho. Se puede repetir: solo crea lo que todavía no está.',
  'Nothing was written; --apply does.': 'No se ha escrito nada; con --apply se escribe.',

  // The service
  "The hub in {0} is not installed as this version's service: deploy/manage_webhook_service.sh install":
    'El hub de {0} no está instalado como servicio de esta versión: deploy/manage_webhook_service.sh install',
  'It did not start: journalctl -u {0} -n 50 says why.': 'No ha arrancado: journalctl -u {0} -n 50 dice por qué.',
  '"upgrade" takes one package, valletpv-hub-<version>.tgz, or --undo alone.':
    '«upgrade» va seguido de un paquete, valletpv-hub-<versión>.tgz, o solo de --undo.',
  'The upgrade was ended ({0}).': 'Se ha interrumpido la actualización ({0}).',
  'Version {0} runs. The hub did not answer for {1} s.':
    'Está en marcha la versión {0}. El hub ha estado {1} s sin contestar.',
  'The database was brought up to date: {0}.': 'Se ha puesto al día la base de datos: {0}.',
  'As it was before, it is in {0}, until the next upgrade.':
    'Tal como estaba antes queda en {0}, hasta la próxima actualización.',
  'No upgrade was interrupted.': 'No hay ninguna actualización a medias.',
  'The version that ran before runs again, with its data.':
    'Vuelve a estar en marcha la versión de antes, con sus datos.',
  'The new version runs: the upgrade is done.': 'La versión nueva está en marcha: la actualización ha terminado.',
  'The hub was not touched: it runs as before.': 'El hub no se ha tocado: sigue como antes.',
  'The upgrade was killed ({0}). {1}': 'Han matado la actualización ({0}). {1}',
  '"setup" takes --domain or --polling, not both.': '«setup» admite --domain o --polling, no los dos.',
  "The bot's token, from @BotFather: ": 'El token del bot, el que da @BotFather: ',
  'the token': 'el token',
  'Give --domain <name>, or --polling where the machine has none.':
    'Indica --domain <nombre>, o --polling si la máquina no tiene dominio.',
  'The domain that leads to this machine (none: press Enter): ':
    'El dominio que lleva a esta máquina (si no hay, pulsa Intro): ',
  '{0} is no domain: give a name such as bot.example.org, without https://.':
    '{0} no es un dominio: escribe un nombre como bot.example.org, sin https://.',
  'The configuration is in {0}, for its owner alone.': 'La configuración está en {0}, y solo la lee su dueño.',
  'Start the hub in {0}: valletpv-hub serve': 'Arranca el hub en {0}: valletpv-hub serve',
  'The first account of the panel, once, within a day: {0}':
    'La primera cuenta del panel se crea aquí, una sola vez y antes de un día: {0}',
  'Telegram refuses the token ({0}): copy it again from @BotFather.':
    'Telegram rechaza el token ({0}): vuelve a copiarlo de @BotFather.',
  '{0} Nothing was written.': '{0} No se ha escrito nada.',
  'Caddy is not installed: let a web server pass https on to the hub, as deploy/nginx/valletpv-hub.conf does.':
    'Caddy no está instalado: pon delante del hub un servidor web con https, como hace deploy/nginx/valletpv-hub.conf.',
  'Caddy has the site of {0}, and gets its certificate.': 'Caddy tiene el sitio de {0}, y va a por su certificado.',
  '"{0}" failed, as the lines above say: mend that, and run setup again.':
    '«{0}» ha fallado, como dicen las líneas de arriba: arréglalo y repite setup.',

  // Telegram's side
  '"webhook {0}" takes no more.': '«webhook {0}» no admite nada más.',
  'Telegram delivers to {0}.': 'Telegram entrega en {0}.',
  'All is well.': 'Todo está bien.',
  'Telegram delivers nowhere; it keeps updates for 24 hours. With TELEGRAM_WEBHOOK_AUTO, a hub that runs sets the webhook again within 5 minutes, and each hub at its start.':
    'Telegram ya no entrega en ninguna parte; guarda lo que llega durante 24 horas. Con TELEGRAM_WEBHOOK_AUTO, un hub en marcha vuelve a poner el webhook antes de 5 minutos, y cualquiera al arrancar.',
  '"webhook" takes set, info or delete.': '«webhook» va seguido de set, info o delete.',

  // Logs
  "{0} is for the hub's user alone: run this as root (sudo).":
    '{0} solo lo lee el usuario del hub: ejecuta esto como root (sudo).',
  'There is no folder logs here, and LOG_DIR is not set: go to the hub’s folder; in a container its lines are in "docker compose logs", else where its standard output goes.':
    'Aquí no hay carpeta logs, y LOG_DIR no está configurada: ve a la carpeta del hub; en un contenedor, sus líneas están en «docker compose logs»; si no, donde vaya su salida estándar.',
  '--since takes how long ago (90s, 15m, 2h, 7d), or a time such as 2026-11-28T22:00.':
    '--since admite hace cuánto (90s, 15m, 2h, 7d), o una hora como 2026-11-28T22:00.',
};
