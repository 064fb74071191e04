import type { CommandName } from '../command.ts';
import { SPANISH_HELP_OF_TPVS } from './spanish-help-of-tpvs.ts';

/** What `--help` says, in Spanish. */
export const SPANISH_OVERVIEW = `ValleTPV Hub: entre un bot de Telegram y los TPV de muchos restaurantes.

Uso: npx valletpv-hub <orden> [opciones]

Órdenes
  setup              Prepara el hub en esta máquina: configuración, sitio web y servicio; pregunta lo que necesita saber.
  serve              Arranca el hub. Antes pone al día la base de datos; Ctrl+C o SIGTERM lo cierran con calma.
  migrate            Pone el esquema de la base de datos al día con este programa, y termina.
  migrate --status   Enseña qué tiene la base de datos y qué le falta; no cambia nada.
  migrate --to -     Lo traslada todo a un PostgreSQL vacío, cuya dirección se lee de la entrada estándar.
  doctor             Mira configuración, base de datos, disco, reloj, Telegram y el camino hasta aquí; dice cómo arreglarlo.
  logs               Enseña lo que el hub escribió en sus registros; --errors solo lo que falló, --follow sigue.
  backup <fichero>   Copia la base de datos, también con el hub en marcha.
  backup list        Enseña las copias que el hub hace por sí solo cada noche (BACKUP_DIR).
  restore <fichero>  Pone una copia en lugar de la base de datos, un fichero o una de esa lista; con el hub parado.
  import django      Trae TPV, personas y lo pendiente del servicio que había antes de este.
  admin create <nombre>  Crea una cuenta del panel; pregunta su contraseña.
  admin reset-password <nombre>  Pone otra contraseña a una cuenta, y cierra todas sus sesiones.
  admin unlink <nombre>  Desvincula el Telegram de una cuenta: deja de recibir entradas y alarmas.
  admin alarms <nombre>  Enseña y elige de qué alarmas se avisa a una cuenta en Telegram.
  tpv list           Enseña los TPV y sus id; también register, activate, deactivate, rotate-key, rotate-secret,
                     join-code, service, import-key.
  user list          Enseña las personas que han escrito al bot; user assign da una a un TPV;
                     user export y user erase entregan o borran lo que se guarda de una.
  instruction list   Enseña lo que se pidió a los TPV; también show, retry.
  webhook info       Enseña lo que Telegram sabe del webhook; también set, delete.
  maintenance begin  Deja de avisar de alarmas durante una hora; también list, end.
  upgrade <paquete>  Pone otra versión en lugar de la que funciona como servicio; si falla, vuelve atrás.
  completion bash    Escribe lo que hace que bash (o zsh) complete todo esto; man escribe la página del manual.

Opciones
  --json             Resultados y fallos, cada uno en una línea de JSON.
  --help             Este texto; «npx valletpv-hub <orden> --help» explica una orden.

La configuración viene de las variables de entorno y del .env de la carpeta de trabajo; .env.example las explica todas.
Para empezar:

  cp .env.example .env      y rellena TELEGRAM_BOT_TOKEN y TELEGRAM_WEBHOOK_SECRET
  npx valletpv-hub serve

Habla español, o inglés si LC_ALL, LC_MESSAGES o LANG empiezan por «en».

Códigos de salida: 0 hecho, 1 rechazado, 64 orden mal escrita, 69 no disponible (base de datos, puerto), 78
configuración incorrecta.
`;

/** What `--help` says of each command, in Spanish. */
export const SPANISH_HELP: Readonly<Record<CommandName, string>> = {
  ...SPANISH_HELP_OF_TPVS,
  serve: `Uso: npx valletpv-hub serve [--json]

Arranca el hub donde dicen HOST y PORT (127.0.0.1:8100 si no se configuran). Antes pone al día la base de datos, y rechaza
la que escribió una versión más nueva del hub. «npm start» es lo mismo.

SIGTERM o Ctrl+C lo cierran con calma: no se toma nada nuevo, se termina lo que está en curso (25 s como máximo), y acaba
con 0. Una configuración incorrecta lo termina con 78, y dice todos los fallos de una vez.
`,
  migrate: `Uso: npx valletpv-hub migrate [--status] [--json]
     npx valletpv-hub migrate --to <postgres://…|-> [--json]

Pone el esquema de DATABASE_URL al día con este programa. El hub hace lo mismo en cada arranque; esto es para quien quiera
hacerlo antes. No necesita más variable que DATABASE_URL.

  --status   Enseña qué migraciones tiene la base de datos, cuáles faltan y cuáles solo conoce un hub más nuevo; no
             cambia nada.

  --to -     Copia todas las filas de la base SQLite de DATABASE_URL a una base PostgreSQL vacía, cuya dirección se
             pregunta o se lee de la entrada estándar: lleva una contraseña, y la línea de órdenes la ven otros. Aquí
             puede ir una sin contraseña (se respetan PGPASSWORD y ~/.pgpass). El hub tiene que estar parado. Todo es
             una sola transacción, y antes de acabar se comparan las dos bases: si falla no queda nada, y se puede
             repetir.

Con --json: {"applied": [...]}, y con --status {"applied": [...], "waiting": [...], "unknown": [...]}.
`,
  doctor: `Uso: npx valletpv-hub doctor [--json]

Mira toda la instalación y dice cómo arreglar lo que está mal: las variables, quién puede leer .env y la base de datos, el
disco, la base de datos y su esquema, a qué pueden llamar los botones, el reloj, el token del bot, el webhook y su secreto,
el puerto, y el camino por PUBLIC_URL (abre un WebSocket por ahí). No cambia nada; ejecútalo donde está el hub, con su
usuario. Lo que necesita un hub en marcha se mira mientras lo hay.

Código de salida 0: todo está bien; 1: hay algo que arreglar.
`,
  logs: `Uso: npx valletpv-hub logs [--errors] [--since 1h] [--follow] [--json]

Lo que el hub escribió en LOG_DIR (la del servicio es logs): peticiones, mensajes y las líneas del propio programa, por
orden de tiempo, también de los ficheros ya cerrados. Las horas son las de TIME_ZONE.

  --errors   Solo lo que falló: avisos y fallos, respuestas 5xx, mensajes que no llegaron a su persona.
  --since    Desde cuándo: hace cuánto (90s, 15m, 2h, 7d), o una hora como 2026-11-28T22:00. Si no se dice: 1h.
  --follow   Sigue con lo que llega, hasta Ctrl+C.
  --json     Cada línea como la escribió el hub.

En un contenedor, el hub escribe en la salida estándar: docker compose logs.
`,
  backup: `Uso: npx valletpv-hub backup <fichero> [--force] [--json]
     npx valletpv-hub backup list [--json]

Copia la base de datos de DATABASE_URL a un fichero nuevo con el hub en marcha: lleva todo lo que estaba confirmado antes.
De PostgreSQL hace la copia su propio pg_dump (--format=custom), que tiene que estar instalado. La copia se lee de principio
a fin antes de recibir su nombre; un fichero con ese nombre está entero, pase lo que pase.

  --force    Sustituye un fichero que ya existe.

Es solo para este usuario (modo 600): lleva los mensajes de la gente. Los ficheros que esperan a enviarse, en la carpeta
uploads junto a la base de datos SQLite, no van en ella.

Con BACKUP_DIR el hub hace lo mismo por sí solo cada noche; list enseña esas copias, la más nueva primero.
`,
  restore: `Uso: npx valletpv-hub restore <fichero> [--json]

Pone una copia que hizo «backup» en lugar de la base de datos de DATABASE_URL: un fichero, o una de BACKUP_DIR solo por su
nombre, como lo enseña «backup list». El hub tiene que estar parado. Antes se lee la copia entera, y se rechaza si está
dañada o la escribió una versión más nueva del hub; la copia se conserva.

Lo que había en una base SQLite se conserva a su lado como <base>.before-restore-<hora>; «restore» con ese fichero vuelve
atrás. PostgreSQL, cuyo pg_restore hace el trabajo en una sola transacción, lo conserva como el esquema
before_restore_<hora>. Bórralo cuando ya no haga falta.
`,
  import: `Uso: npx valletpv-hub import django --database <fichero|-> [--callback-url <empresa>=<url>]... [--apply] [--json]

Trae lo que dejó en su base de datos el servicio Django que había antes de este hub: los TPV con sus claves, las personas y
quién las atiende, las instrucciones abiertas, los mensajes de los últimos días, los botones vigentes y los orígenes
permitidos. El servicio que solo enviaba avisos no conocía TPV: vienen sus personas y sus botones, cada uno al TPV que se
registró con el origen al que llama el botón. Registra antes esos TPV, o repite después la importación.
Sin --apply solo enseña lo que haría, y por qué deja algo fuera; --dry-run es lo mismo.

  --database <fichero>  El SQLite del servicio. Con - se pregunta la dirección de su PostgreSQL (postgres://…), o se lee
                        de la entrada estándar; aquí puede ir una sin contraseña.
  --callback-url        La URL a la que llaman los botones de una «empresa», si esa base no la dice. Con
                        https://origen=TPV (su nombre o su id): qué TPV se queda con los botones de ese origen.
  --apply               Escribe. Se puede repetir: lo que ya está se queda como está.

Para antes el servicio anterior, e importa antes de que los TPV lleguen al hub.
`,
  upgrade: `Uso: valletpv-hub upgrade <valletpv-hub-x.y.z.tgz> [--have-copy] [--json]
     valletpv-hub upgrade --undo [--json]

Pone la versión de un paquete en lugar de la que funciona como servicio; se ejecuta en la carpeta del hub, como root.

Con el hub en marcha, la versión nueva se instala a su lado (releases/<versión>) y se prueba: si admite .env, si arranca, y
si pone al día una copia de la base de datos. Entonces el hub se para, se copia su base SQLite si la versión nueva la
cambia, y arranca la versión nueva. Tiene 60 s para estar lista. Si algo falla, o interrumpe esta orden, la versión
anterior vuelve a estar en marcha con sus datos. Telegram guarda lo que llega mientras, y los TPV vuelven solos.

  --have-copy  Con PostgreSQL, del que esta orden no hace copia: la has hecho tú (pg_dump), y la versión nueva puede
               cambiarlo.
  --undo       Termina lo que interrumpió un corte de luz: la versión nueva se queda si funciona; si no, vuelve la
               anterior.

La versión anterior queda en releases/, y la base de datos de antes en <base>.before-upgrade-<hora> hasta la próxima
actualización.
`,
  setup: `Uso: valletpv-hub setup [--domain <nombre> | --polling] [--folder /opt/valletpv-hub] [--no-service] [--no-site]
     [--json]

Prepara el hub en esta máquina, como root: pide el token del bot y lo prueba, crea los secretos, escribe .env (modo 600), da
su sitio a Caddy, crea el servicio y lo arranca. Termina con lo que encuentra «doctor», y con el enlace que crea la primera
cuenta del panel. Se puede repetir: lo que .env ya dice se queda, salvo que se indique de nuevo.

El token se pregunta, o se lee de la entrada estándar, o se toma de TELEGRAM_BOT_TOKEN.

  --domain      El nombre que lleva a esta máquina; Telegram entrega ahí.
  --polling     No hay dominio: el hub va a por lo que llega.
  --folder      Dónde están .env, los datos y los registros. Si no: el repositorio, o /opt/valletpv-hub con un paquete.
  --no-service  Solo escribe .env.
  --no-site     No toca el servidor web. Si Caddy no está instalado, tampoco se toca.
`,
  completion: `Uso: valletpv-hub completion bash
     valletpv-hub completion zsh

Escribe lo que hace que el intérprete complete órdenes y opciones con Tab. En bash, en ~/.bashrc (en zsh: ~/.zshrc):

  source <(valletpv-hub completion bash)
`,
  man: `Uso: valletpv-hub man

Escribe el manual como página para man(1), hecha de estas mismas ayudas:

  valletpv-hub man > /usr/local/share/man/man8/valletpv-hub.8
`,
};
