/** What an upgrade, and what takes over the service before this one, say, in Spanish; as in spanish-inside.ts. */
export const SPANISH_UPGRADE: Readonly<Record<string, string>> = {
  'Stopping the hub.': 'Parando el hub.',
  'Starting the new version.': 'Arrancando la versión nueva.',
  'It failed: going back to the version that ran.': 'Ha fallado: se vuelve a la versión que estaba en marcha.',
  'The version before can\'t run again: {0} Mend that (with PostgreSQL, bring your copy back with pg_restore), then run "valletpv-hub upgrade --undo".':
    'La versión anterior no puede volver a arrancar: {0} Arréglalo (con PostgreSQL, recupera tu copia con pg_restore) y ejecuta «valletpv-hub upgrade --undo».',
  'The version that ran before runs again, with its data.':
    'Vuelve a estar en marcha la versión de antes, con sus datos.',
  'It was not ready within {0} s.': 'No ha estado lista en {0} s.',
  'There is no file {0}: give the package, valletpv-hub-<version>.tgz.':
    'No existe el fichero {0}: da el paquete, valletpv-hub-<versión>.tgz.',
  '{0} is no package of the hub, which "npm pack" makes (valletpv-hub-<version>.tgz).':
    '{0} no es un paquete del hub, como los que hace «npm pack» (valletpv-hub-<versión>.tgz).',
  "npm can't install {0}; the hub runs as before.": 'npm no puede instalar {0}; el hub sigue como antes.',
  'Another upgrade of this hub is under way: wait for its end.':
    'Hay otra actualización de este hub en curso: espera a que termine.',
  '{0} is not the folder of a hub that runs as a service: go there first (cd /opt/valletpv-hub). Where it was installed by an older version: deploy/manage_webhook_service.sh install':
    '{0} no es la carpeta de un hub que funciona como servicio: ve antes a ella (cd /opt/valletpv-hub). Si lo instaló una versión más antigua: deploy/manage_webhook_service.sh install',
  'Version {0} does not take this configuration.': 'La versión {0} no admite esta configuración.',
  "Version {0} can't read the database.": 'La versión {0} no puede leer la base de datos.',
  'Version {0} is older than the database, which has {1}.':
    'La versión {0} es más antigua que la base de datos, que tiene {1}.',
  "Version {0} can't bring the database up to date.": 'La versión {0} no puede poner al día la base de datos.',
  'Version {0} does not start on this machine.': 'La versión {0} no arranca en esta máquina.',
  'An upgrade that was interrupted has been {0}.': 'Una actualización que se quedó a medias se ha {0}.',
  finished: 'terminado',
  'taken back': 'deshecho',
  'Installing {0} beside the version that runs.': 'Instalando {0} junto a la versión que está en marcha.',
  'Trying version {0}.': 'Probando la versión {0}.',
  'The new version changes the database ({0}), and the old one could not read it afterwards: make a copy first (pg_dump --format=custom), then repeat this with --have-copy.':
    'La versión nueva cambia la base de datos ({0}), y la anterior ya no podría leerla: haz antes una copia (pg_dump --format=custom) y repite esto con --have-copy.',

  "That is not the former service's database: it has no table {0}. Nothing was changed.":
    'Esa no es la base de datos del servicio anterior: no tiene la tabla {0}. No se ha cambiado nada.',
  "The former service's database can't be read ({0}).":
    'La base de datos del servicio anterior no se puede leer ({0}).',
  "The former service's database {0} can't be opened ({1}).":
    'La base de datos del servicio anterior, {0}, no se puede abrir ({1}).',
  "The former service's database can't be reached ({0}).":
    'No se llega a la base de datos del servicio anterior ({0}).',
  '1 person was erased here and stays erased: what that database has of them is left out.':
    'Aquí se borró a 1 persona, y sigue borrada: lo que esa base tiene de ella se queda fuera.',
  '{0} people were erased here and stay erased: what that database has of them is left out.':
    'Aquí se borró a {0} personas, y siguen borradas: lo que esa base tiene de ellas se queda fuera.',
  '{0} buttons of "{1}": that database does not say which URL they call; give --callback-url {2}.':
    '{0} botones de «{1}»: esa base no dice a qué URL llaman; usa --callback-url {2}.',
  "{0} buttons call {1}, which is no TPV's: register that TPV, or name one with --callback-url {2}, and import again.":
    '{0} botones llaman a {1}, que no es de ningún TPV: registra ese TPV, o nombra uno con --callback-url {2}, y repite la importación.',
  '{0} is not where its TPV registered: its buttons work once CALLBACK_ALLOWED_ORIGINS has it.':
    '{0} no es donde se registró su TPV: sus botones funcionarán cuando esté en CALLBACK_ALLOWED_ORIGINS.',
  'Button {0}: {1}.': 'Botón {0}: {1}.',
  '{0} instructions are "{1}", which the hub does not know.': '{0} instrucciones están en «{1}», que el hub no conoce.',
  'Origin {0}: it takes one such as https://panel.example.': 'Origen {0}: tiene que ser como https://panel.example.',
  '{0}: {1} origins are more than the setting takes; it stays as it is.':
    '{0}: {1} orígenes son más de los que admite el ajuste; se queda como está.',
  "Person {0}: that is no person's id in Telegram.": 'Persona {0}: ese no es el id de una persona en Telegram.',
  'Person {0}: their TPV {1} is not there; they are assigned when they write.':
    'Persona {0}: su TPV {1} no está; se le asigna uno cuando escriba.',
  'TPV "{0}": its id {1} is no UUID.': 'TPV «{0}»: su id {1} no es un UUID.',
  'TPV "{0}": its endpoint_url is no http or https URL; the hub will not call it.':
    'TPV «{0}»: su endpoint_url no es una URL http o https; el hub no lo llamará.',
  'TPV "{0}": max_users is below 1, and becomes 1.': 'TPV «{0}»: max_users es menor que 1, y pasa a ser 1.',
  'TPV "{0}": {1} and is not taken over; give it a new one with "tpv rotate-key".':
    'TPV «{0}»: {1} y no se importa; dale una nueva con «tpv rotate-key».',
  'its key has fewer than {0} characters': 'su clave tiene menos de {0} caracteres',
  'its key is another TPV’s already': 'su clave ya es de otro TPV',
  'it does not say when it expires': 'no dice cuándo caduca',
  'it is nobody’s': 'no es de nadie',
  'Telegram can not hold its action and token': 'su acción y su token no caben en Telegram',
  'Telegram can not hold its token': 'su token no cabe en Telegram',
  'its URL is no http or https URL': 'su URL no es http ni https',
  'no TPV has the origin {0}, nor attends the person': 'ningún TPV tiene el origen {0} ni atiende a la persona',
  'its payload is no JSON object': 'su contenido no es un objeto JSON',
  'the hub knows no "{0}"': 'el hub no conoce «{0}»',
  'it could never be sent ({0})': 'no se podría enviar nunca ({0})',
  'its id is no UUID': 'su id no es un UUID',
  'its person is not there': 'su persona no está',
  'its TPV is not there': 'su TPV no está',
  'Instruction {0}: {1}.': 'Instrucción {0}: {1}.',
  'Message {0}: {1}.': 'Mensaje {0}: {1}.',
};
