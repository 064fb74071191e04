/**
 * What the rest of the program refuses, in Spanish, by the form of its English sentence; a value may be a part that stands
 * here too. The longer of two forms that fit the same sentence comes first.
 */
export const SPANISH_INSIDE: Readonly<Record<string, string>> = {
  // The configuration
  '{0} is required in webhook mode; it takes {1}.': '{0} hace falta en modo webhook; admite {1}.',
  '{0} is required where TPV_REGISTRATION is token; it takes {1}.':
    '{0} hace falta si TPV_REGISTRATION es token; admite {1}.',
  '{0} is required; it takes {1}.': 'Falta {0}; admite {1}.',
  '{0} is {1} characters (not shown); it takes {2}.': '{0} tiene {1} caracteres (no se muestran); admite {2}.',
  'TELEGRAM_WEBHOOK_URL is {0}; it takes {1}: Telegram calls no other.':
    'TELEGRAM_WEBHOOK_URL es {0}; admite {1}: Telegram no llama a otras.',
  '{0} is {1}; it takes {2}.': '{0} es {1}; admite {2}.',
  '{0} and {1} are both set: leave one of them out.': '{0} y {1} están las dos: quita una.',
  '{0} is {1}; that file is empty.': '{0} es {1}; ese fichero está vacío.',
  "{0} is {1}; that file can't be read ({2}).": '{0} es {1}; ese fichero no se puede leer ({2}).',
  'HUB_LEASE_SECONDS is for hubs that share a PostgreSQL: leave it out with SQLite, which has one hub.':
    'HUB_LEASE_SECONDS es para varios hubs sobre un mismo PostgreSQL: quítala con SQLite, que tiene un solo hub.',
  'true or false': 'true o false',
  'an http or https URL': 'una URL http o https',
  'an https URL': 'una URL https',
  'the ports 443, 80, 88 and 8443': 'los puertos 443, 80, 88 y 8443',
  'origins such as https://panel.example, separated by commas':
    'orígenes como https://panel.example, separados por comas',
  'a whole number of seconds, {0} to {1}': 'un número entero de segundos, de {0} a {1}',
  'a whole number of days, {0} to {1}': 'un número entero de días, de {0} a {1}',
  'a whole number, {0} to {1}': 'un número entero, de {0} a {1}',
  'an address to listen on': 'una dirección en la que escuchar',
  'a port, 0 to 65535': 'un puerto, de 0 a 65535',
  'the http or https URL of a host without a path, such as https://hub.example: the hub has the whole host':
    'la URL http o https de un dominio sin ruta, como https://hub.example: el dominio entero es del hub',
  'sqlite:<path> or postgres://user:password@host/database; another machine’s with ?sslmode=verify-full (or =disable)':
    'sqlite:<ruta> o postgres://usuario:contraseña@servidor/base; si es de otra máquina, con ?sslmode=verify-full (o =disable)',
  'a folder': 'una carpeta',
  'a time of day such as 04:30': 'una hora del día como 04:30',
  "the bot's token from @BotFather, digits:letters": 'el token del bot que da @BotFather, cifras:letras',
  'the absolute path of a folder': 'la ruta absoluta de una carpeta',
  'at least {0} characters': 'al menos {0} caracteres',
  '{0} to {1} of A-Z a-z 0-9 _ -': 'de {0} a {1} de A-Z a-z 0-9 _ -',
  'loopback, linklocal, uniquelocal, addresses or networks such as 10.0.0.0/8, separated by commas':
    'loopback, linklocal, uniquelocal, direcciones o redes como 10.0.0.0/8, separadas por comas',
  'an e-mail address, or a mailto:, https: or tel: URL': 'un correo electrónico, o una URL mailto:, https: o tel:',
  'one of {0}, such as es or es-ES': 'uno de {0}, como es o es-ES',
  'a time zone such as Europe/Madrid': 'una zona horaria como Europe/Madrid',
  'full or normal': 'full o normal',
  'webhook or polling': 'webhook o polling',
  'approval, token, open or closed': 'approval, token, open o closed',
  'least_users, round_robin or specific': 'least_users, round_robin o specific',
  'fatal, error, warn, info, debug, trace or silent': 'fatal, error, warn, info, debug, trace o silent',

  // The command line, as Node reads it
  "Unknown option '{0}'. {1}": 'No existe la opción «{0}».',
  "Unknown option '{0}'": 'No existe la opción «{0}».',
  "Unexpected argument '{0}'. {1}": 'Sobra «{0}»: esta orden no admite más palabras.',
  "Option '{0}' does not take an argument": 'La opción «{0}» no lleva valor.',
  "Option '{0}' argument missing": 'A la opción «{0}» le falta su valor.',
  "Option '{0}' argument is ambiguous.": 'El valor de la opción «{0}» empieza por un guion: únelo con «=».',

  // Where the hub listens
  'HOST {0} is not known: give an address of this machine, such as 127.0.0.1 or 0.0.0.0.':
    'HOST {0} no se conoce: pon una dirección de esta máquina, como 127.0.0.1 o 0.0.0.0.',
  'PORT {0} on {1} is taken: stop the program that listens there, or choose another PORT.':
    'PORT {0} de {1} está ocupado: para el programa que escucha ahí, o elige otro PORT.',
  'PORT {0} on {1} may not be opened by this user: choose one above 1023.':
    'PORT {0} de {1} no lo puede abrir este usuario: elige uno por encima de 1023.',
  'HOST {0} is not an address of this machine: give one that is, such as 127.0.0.1 or 0.0.0.0.':
    'HOST {0} no es una dirección de esta máquina: pon una que lo sea, como 127.0.0.1 o 0.0.0.0.',

  // The database
  "The database {0} can't be opened ({1}): {2}.": 'No se puede abrir la base de datos {0} ({1}): {2}.',
  'it is damaged, or no database. Keep the file, and restore the last good copy (npx valletpv-hub restore <copy>)':
    'está dañada, o no es una base de datos. Guarda el fichero y recupera la última copia buena (npx valletpv-hub restore <copia>)',
  'its disk is full. Make room': 'su disco está lleno. Haz sitio',
  'another program holds it. Stop that program': 'la tiene otro programa. Ciérralo',
  'check DATABASE_URL, and that this user may write there':
    'comprueba DATABASE_URL, y que este usuario puede escribir ahí',
  'The database {0} is damaged ({1}): keep the file, and restore the last good copy (npx valletpv-hub restore <copy>).':
    'La base de datos {0} está dañada ({1}): guarda el fichero y recupera la última copia buena (npx valletpv-hub restore <copia>).',
  "The database at {0} can't be kept safe: journal_mode is {1}, synchronous {2}.":
    'La base de datos {0} no se puede mantener a salvo: journal_mode es {1}, synchronous {2}.',
  '{0} is in use: stop the hub, and whatever else has it open, and try again.':
    '{0} está en uso: para el hub, y lo que la tenga abierta, y vuelve a intentarlo.',
  'A hub already runs on the database {0} ({1}): stop it first.':
    'Ya hay un hub en marcha sobre la base de datos {0} ({1}): páralo antes.',
  'A hub already runs on this PostgreSQL database{0}: stop it first.':
    'Ya hay un hub en marcha sobre esta base de datos PostgreSQL{0}: páralo antes.',
  'A hub of another bot runs on this PostgreSQL database: give each bot its own.':
    'Sobre esta base de datos PostgreSQL está el hub de otro bot: da a cada bot la suya.',
  '{0} is newer than this program (it has {1}): install the version of the hub that wrote it, or a later one.':
    '{0} es más nueva que este programa (tiene {1}): instala la versión del hub que la escribió, o una posterior.',
  'The database': 'La base de datos',
  'The database could not be made ready for migrations, and nothing was changed: {0}':
    'No se ha podido preparar la base de datos para sus migraciones, y no se ha cambiado nada: {0}',
  'The migration {0} failed, and nothing was changed: {1}':
    'La migración {0} ha fallado, y no se ha cambiado nada: {1}',
  'SQLite {0} is too old: {1} or newer is needed.': 'SQLite {0} es demasiado antiguo: hace falta {1} o posterior.',
  'There is no database at {0}: check DATABASE_URL.': 'No hay base de datos en {0}: comprueba DATABASE_URL.',
  'Too many transactions are waiting.': 'Hay demasiados cambios en espera: repítelo dentro de un momento.',

  // To PostgreSQL
  'A hub runs on the PostgreSQL database: stop it, and try again.':
    'Hay un hub en marcha sobre la base PostgreSQL: páralo y vuelve a intentarlo.',
  "The PostgreSQL database can't be reached ({0}): check its address.":
    'No se llega a la base PostgreSQL ({0}): comprueba su dirección.',
  'The PostgreSQL database is not empty ({0}), and nothing was changed: give one that was just made (createdb).':
    'La base PostgreSQL no está vacía ({0}), y no se ha cambiado nada: da una recién creada (createdb).',
  'it has the tables {0}': 'tiene las tablas {0}',
  '{0} has rows, and {1} is not as here': '{0} tiene filas, y {1} no es como aquí',
  '{0} is newer than this program: use the version of the hub that wrote it.':
    '{0} es más nueva que este programa: usa la versión del hub que la escribió.',
  '{0} is not up to date: run "npx valletpv-hub migrate" first.':
    '{0} no está al día: ejecuta antes «npx valletpv-hub migrate».',
  'PostgreSQL did not take rows of {0} ({1}); nothing was written.':
    'PostgreSQL no ha admitido filas de {0} ({1}); no se ha escrito nada.',
  '{0} did not arrive as it was ({1} rows, {2} arrived).': '{0} no ha llegado como era ({1} filas; han llegado {2}).',
  'The table {0} differs between both databases: ({1}) here, ({2}) there.':
    'La tabla {0} no es igual en las dos bases: aquí ({1}), allí ({2}).',
  "The notes of erasures {0} can't be read or written ({1}): make room, or give the file to the hub's user; one that is damaged you replace by a copy of it, or take away.":
    'Lo apuntado de los borrados, {0}, no se puede leer o escribir ({1}): haz sitio, o da el fichero al usuario del hub; si está dañado, pon una copia en su lugar, o quítalo.',
  '{0} has the notes of erasures of another database of that name, and nothing was changed: take that file away, or give another database.':
    '{0} tiene lo apuntado de los borrados de otra base con ese nombre, y no se ha cambiado nada: quita ese fichero, o da otra base.',

  // Copies
  'The disk of {0} has {1} free of {2}, and the copy takes {3}: less than a tenth would be left. Make room, or choose another BACKUP_DIR.':
    'El disco de {0} tiene {1} libres de {2}, y la copia ocupa {3}: quedaría menos de una décima parte. Haz sitio, o elige otra BACKUP_DIR.',
  'The disk of {0} has {1} free, and {2} takes {3}: make room, or choose another disk.':
    'El disco de {0} tiene {1} libres, y {2} ocupa {3}: haz sitio, o elige otro disco.',
  'the copy': 'la copia',
  'The disk of {0} is full: make room, or choose another one.': 'El disco de {0} está lleno: haz sitio, o elige otro.',
  'The disk of {0} is full: make room. The database is as it was.':
    'El disco de {0} está lleno: haz sitio. La base de datos sigue como estaba.',
  'There is no folder {0}: make it, or choose another one.': 'No existe la carpeta {0}: créala, o elige otra.',
  '{0} is no file: choose another name.': '{0} no es un fichero: elige otro nombre.',
  '{0} is there already: choose another name, or give --force.': '{0} ya existe: elige otro nombre, o usa --force.',
  '{0} belongs to the database itself: choose another name.':
    '{0} es parte de la propia base de datos: elige otro nombre.',
  '{0} is the database itself: give the copy.': '{0} es la propia base de datos: da la copia.',
  "{0} can't be copied ({1}).": '{0} no se puede copiar ({1}).',
  '{0} is damaged: {1}.': '{0} está dañada: {1}.',
  "{0} can't be read as a database ({1}).": '{0} no se puede leer como base de datos ({1}).',
  "{0} can't be read ({1}).": '{0} no se puede leer ({1}).',
  '{0} is no copy of a PostgreSQL database of a hub.': '{0} no es una copia de la base PostgreSQL de un hub.',
  "{0} can't be brought back ({1}). The database is as it was.":
    '{0} no se puede recuperar ({1}). La base de datos sigue como estaba.',
  'There is no {0} on this machine: {1}.': 'No hay {0} en esta máquina: {1}.',
  '{0} is of version {1} and the server of {2}: {3}.': '{0} es de la versión {1}, y el servidor de la {2}: {3}.',
  'install the package {0}': 'instala el paquete {0}',
  '{0} is no SQLite database.': '{0} no es una base de datos SQLite.',
  '{0} is a database, but not one of a hub.': '{0} es una base de datos, pero no la de un hub.',

  // Other rooms
  'The key can not be imported: {0}.': 'La clave no se puede importar: {0}.',
  'There are {0} windows already: end some.': 'Ya hay {0} mantenimientos: termina alguno.',
  'There is no such window, or it is over.': 'No existe ese mantenimiento, o ya ha terminado.',
  'Not an instruction id.': 'Eso no es el id de una instrucción.',
};
