/** What `admin`, `tpv`, `user`, `instruction` and `maintenance` say, in Spanish. */
export const SPANISH_DESK: Readonly<Record<string, string>> = {
  // Accounts
  '"{0}" can\'t be both muted and heard.': '«{0}» no puede estar a la vez en --mute y en --hear.',
  '"{0}" has no Telegram linked, and hears of none yet.':
    '«{0}» no tiene ningún Telegram vinculado: de momento no recibe ninguna.',
  '{0} takes all, or some of {1}; not "{2}".': '{0} admite all o algunos de estos: {1}; «{2}» no es ninguno.',
  '"admin" takes {0}.': '«admin» va seguido de {0}.',
  '"admin list" takes no "{0}".': '«admin list» no admite «{0}».',
  'There is no account yet.': 'Todavía no hay ninguna cuenta.',
  'A manager takes --tpv: the id or the name of a TPV.':
    'A un responsable le falta --tpv: el id o el nombre de un TPV.',
  '"{0}" manages {1}; "admin invite" makes the link with which their person comes in.':
    '«{0}» lleva {1}; con «admin invite» se crea el enlace con el que entra su persona.',
  'A manager has one TPV at least: bind another one before.':
    'Un responsable tiene al menos un TPV: dale antes otro con --bind.',
  '"{0}" manages {1}.': '«{0}» lleva {1}.',
  'No invitation of "{0}" lets anybody in any more.': 'Ninguna invitación de «{0}» deja entrar ya a nadie.',
  'Who opens it, with your bot\'s name in it, is "{0}" from then on: once, until {1}.':
    'Quien lo abra, con el nombre de tu bot en él, es «{0}» desde entonces: una sola vez, hasta {1}.',
  '"{0}" is no manager: "admin create --role manager" makes one.':
    '«{0}» no es responsable de ningún TPV: «admin create --role manager» crea uno.',
  '--tpv is for --role manager.': '--tpv es para --role manager.',
  '"admin {0}" takes the name of an account.': 'A «admin {0}» le falta el nombre de una cuenta.',
  '"admin {0}" takes one name; put quotes around one with spaces.':
    '«admin {0}» admite un solo nombre; si lleva espacios, ponlo entre comillas.',
  '"admin {0}" takes no --{1}.': '«admin {0}» no admite --{1}.',
  '1 to {0} visible characters, and none of {1}': 'de 1 a {0} caracteres visibles, y no puede ser {1}',
  'Nobody can be called {0}: a name is {1}.': '{0} no vale como nombre: tiene {1}.',
  '"{0}" may now log in, as {1}.': '«{0}» ya puede entrar, como {1}.',
  'an administrator': 'administrador',
  'somebody who sees everything and changes nothing': 'cuenta de solo lectura: lo ve todo y no cambia nada',
  ' The second factor is still asked for; --disable-totp switches it off.':
    ' Se le sigue pidiendo el segundo factor; --disable-totp lo quita.',
  '"{0}" has the new password; sessions ended: {1}.{2}': '«{0}» tiene contraseña nueva; sesiones cerradas: {1}.{2}',
  '"{0}" has no Telegram linked.': '«{0}» no tiene ningún Telegram vinculado.',
  'No Telegram hears of the logins of "{0}" any more.': 'Ya no se avisa a ningún Telegram de las entradas de «{0}».',
  'There is no account {0}: "admin create" makes it.': 'No hay ninguna cuenta {0}: créala con «admin create».',
  'New password of "{0}": ': 'Contraseña nueva de «{0}»: ',
  'the password': 'la contraseña',
  'A password has {0} to {1} characters.': 'Una contraseña tiene entre {0} y {1} caracteres.',
  'That password is among those that are tried first: choose another.':
    'Esa contraseña es de las primeras que prueba cualquiera: elige otra.',
  '--role takes admin, viewer or manager.': '--role admite admin, viewer o manager.',
  'There is an account {0} already: "admin reset-password" gives it a new password.':
    'Ya hay una cuenta {0}: con «admin reset-password» le pones otra contraseña.',

  // TPVs
  'There is no TPV "{0}": "tpv list" shows them.': 'No hay ningún TPV «{0}»: míralos con «tpv list».',
  '{0} TPVs are called "{1}": give the id.': 'Hay {0} TPV que se llaman «{1}»: indica el id.',
  '"tpv" takes {0}, and service and test-order with a TPV.':
    '«tpv» va seguido de {0}, o de service o test-order y un TPV.',
  '"tpv {0}" takes no "{1}".': '«tpv {0}» no admite «{1}».',
  '"tpv list" takes no "{0}".': '«tpv list» no admite «{0}».',
  '"tpv {0}" takes the {1} of a TPV.': 'A «tpv {0}» le falta el {1} de un TPV.',
  name: 'nombre',
  'id or the name': 'id o el nombre',
  'No TPV has registered yet.': 'Todavía no se ha registrado ningún TPV.',
  'A name has {0} characters at most.': 'Un nombre tiene {0} caracteres como máximo.',
  '"tpv register" takes --endpoint-url: the http or https address of the TPV.':
    'A «tpv register» le falta --endpoint-url: la dirección http o https del TPV.',
  '"{0}" is registered and active.\nid      {1}\nkey     {2}\nsecret  {3}\nKey and signing secret are shown this once.':
    '«{0}» está registrado y activo.\nid       {1}\nclave    {2}\nsecreto  {3}\nLa clave y el secreto de firma solo se muestran esta vez.',
  '--max-users takes a whole number from 1 on.': '--max-users admite un número entero a partir de 1.',
  '"{0}" is active.': '«{0}» está activo.',
  '--users takes keep or reassign.': '--users admite keep o reassign.',
  'its users wait for it': 'sus clientes lo esperan',
  'its users go to other TPVs': 'sus clientes pasan a otros TPV',
  '"{0}" is inactive; {1}.': '«{0}» está inactivo; {1}.',
  'The new key of "{0}", shown this once. The one before works until {1}.':
    'Es la clave nueva de «{0}», y solo se muestra esta vez. La anterior vale hasta {1}.',
  'The new signing secret of "{0}", shown this once. Calls are signed with the one before, too, until {1}.':
    'Es el secreto de firma nuevo de «{0}», y solo se muestra esta vez. Hasta {1} las llamadas se firman también con el anterior.',
  'Who sends the bot "/start {0}", or opens https://t.me/<bot>?start={1}, comes to "{2}".':
    'Quien escribe al bot «/start {0}», o abre https://t.me/<bot>?start={1}, llega a «{2}».',
  'Key of "{0}": ': 'Clave de «{0}»: ',
  'the key': 'la clave',
  '"{0}" may now come with that key, besides those that it has.':
    '«{0}» ya puede conectarse con esa clave, además de con las que tenía.',
  'A TPV can be {0}; "closed" follows from its timetable.': 'Un TPV puede estar {0}; «closed» sale de su horario.',
  '"busy" takes --minutes: how long a person waits.': 'A «busy» le falta --minutes: cuánto se espera.',
  'That does not fit: {0} ({1}).': 'Hay un valor que no vale: {0} ({1}).',
  'Give --for or --until, not both.': 'Indica --for o --until, no los dos.',
  '--for takes minutes: a whole number from 1 on.': '--for admite minutos: un número entero a partir de 1.',
  '--until takes a time such as 2026-11-28T22:00:00+01:00.': '--until admite una hora como 2026-11-28T22:00:00+01:00.',
  '"{0}" can\'t be read: {1}': '«{0}» no se puede leer: {1}',
  '"{0}" is too long for a timetable.': '«{0}» es demasiado largo para ser un horario.',
  '"{0}" is no JSON.': '«{0}» no es JSON.',
  'people wait {0} minutes': 'se esperan {0} minutos',
  'until {0}': 'hasta {0}',
  'opens {0}': 'abre {0}',
  'closes {0}': 'cierra {0}',
  '"{0}" is {1}{2}.': '«{0}» está {1}{2}.',
  'Times are those of {0}.': 'Las horas son las de {0}.',
  '"{0}" is not active, and gets no instructions.': '«{0}» no está activo, y no recibe mensajes.',
  '--wait takes seconds: a whole number from 1 to {0}.': '--wait admite segundos: un número entero de 1 a {0}.',
  '--text takes what a person would write: 1 to {0} characters.':
    '--text admite lo que escribiría una persona: de 1 a {0} caracteres.',
  'The test order was deleted meanwhile.': 'El pedido de prueba se ha borrado mientras tanto.',
  '"{0}" answered.': '«{0}» ha contestado.',
  '"{0}" completed it without an answer: a person would see nothing.':
    '«{0}» lo ha completado sin contestar: una persona no vería nada.',
  '"{0}" failed it: {1}': '«{0}» no ha podido atenderlo: {1}',
  '"{0}" is online, but {1} within {2} s.': '«{0}» está en línea, pero {1} en {2} s.',
  'did not answer': 'no ha contestado',
  'took it and did not end it': 'lo ha recogido y no lo ha terminado',
  '"{0}" is offline, and did not come within {1} s.': '«{0}» está sin conexión, y no ha aparecido en {1} s.',

  // People
  '"user list" takes no "{0}".': '«user list» no admite «{0}».',
  '"user" takes list, assign, export or erase.': '«user» va seguido de list, assign, export o erase.',
  '"user assign" takes the Telegram id of a person and the id or the name of a TPV.':
    '«user assign» va seguido del id de Telegram de una persona y del id o el nombre de un TPV.',
  '"user export" takes the Telegram id of a person.': '«user export» va seguido del id de Telegram de una persona.',
  '"user erase" takes the Telegram id of a person.': '«user erase» va seguido del id de Telegram de una persona.',
  'Nobody with the id {0} has written yet.': 'Todavía no ha escrito nadie con el id {0}.',
  '{0} is unknown from now on. A running hub erases what is left within moments, and tells the person.':
    '{0} deja de ser conocido desde ahora. Si el hub está en marcha, borra lo que queda en unos instantes y se lo dice a la persona.',
  'Nobody is there who fits.': 'No hay nadie que encaje.',
  '… and more: --limit, --query': '… y más: --limit, --query',
  '"{0}" is inactive or has no room: nobody was moved.':
    '«{0}» está inactivo o no tiene sitio: no se ha movido a nadie.',
  '{0} is "{1}"\'s already.': '{0} ya es de «{1}».',
  '"{0}" attends {1} from now on.': 'A {1} lo atiende «{0}» desde ahora.',
  "The file can't be made ({0}): give another one with --to.":
    'No se puede crear el fichero ({0}): indica otro con --to.',
  'All that is held on {0} is in {1}.': 'Todo lo que se guarda de {0} está en {1}.',

  // Instructions
  '"instruction {0}" takes no "{1}".': '«instruction {0}» no admite «{1}».',
  '"instruction list" takes no "{0}".': '«instruction list» no admite «{0}».',
  '"instruction {0}" takes the id of an instruction.': 'A «instruction {0}» le falta el id de una instrucción.',
  '"instruction" takes list, show or retry.': '«instruction» va seguido de list, show o retry.',
  '--status takes {0}.': '--status admite {0}.',
  '--user takes a Telegram id.': '--user admite un id de Telegram.',
  '--limit takes a whole number from 1 to {0}.': '--limit admite un número entero de 1 a {0}.',
  'No instruction fits.': 'No hay ninguna instrucción que encaje.',
  '… and more: --limit, --status, --tpv, --user': '… y más: --limit, --status, --tpv, --user',
  'none yet': 'todavía ninguno',
  'as {0}': 'como {0}',
  'It is {0}: only what ended can be sent again.': 'Está en «{0}»: solo se repite lo que ha terminado.',
  'It was sent again already, as {0}: retry that one.': 'Ya se repitió, como {0}: repite esa.',
  'A press is not sent again: nobody waits for its answer.':
    'Una pulsación no se repite: ya no espera nadie su respuesta.',
  'It goes out again as {0}.': 'Sale otra vez, como {0}.',
  'There is no instruction {0}: "instruction list" shows them.':
    'No hay ninguna instrucción {0}: míralas con «instruction list».',

  // Maintenance
  '"maintenance" takes no "{0}".': '«maintenance» no admite «{0}».',
  '"maintenance" takes "list", "begin [tpv]" or "end <id>".':
    '«maintenance» va seguido de «list», «begin [tpv]» o «end <id>».',
  'the whole hub': 'todo el hub',
  'No maintenance is under way or planned: alarms are told.':
    'No hay ningún mantenimiento en curso ni previsto: las alarmas se avisan.',
  '--reason takes a text of {0} characters at most.': '--reason admite un texto de {0} caracteres como máximo.',
  alarms: 'ninguna alarma',
  'alarms of "{0}"': 'las alarmas de «{0}»',
  'No person is told of {0} from {1} until {2}.': 'No se avisa a nadie de {0} desde {1} hasta {2}.',
  'The maintenance is over: alarms are told again.': 'El mantenimiento ha terminado: las alarmas se avisan otra vez.',
  '--from takes a time such as 2026-11-28T22:00:00+01:00.': '--from admite una hora como 2026-11-28T22:00:00+01:00.',
};
