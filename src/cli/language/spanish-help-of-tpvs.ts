/** What `--help` says of the commands for accounts, TPVs and people, in Spanish. */
export const SPANISH_HELP_OF_TPVS = {
  admin: `Uso: npx valletpv-hub admin list [--json]
     npx valletpv-hub admin create [--role admin|viewer] <nombre> [--json]
     npx valletpv-hub admin create --role manager --tpv <tpv>... <nombre> [--json]
     npx valletpv-hub admin tpvs [--bind <tpv>]... [--unbind <tpv>]... <nombre> [--json]
     npx valletpv-hub admin invite [--withdraw] <nombre> [--json]
     npx valletpv-hub admin reset-password [--disable-totp] <nombre> [--json]
     npx valletpv-hub admin unlink <nombre> [--json]
     npx valletpv-hub admin alarms [--mute <códigos>] [--hear <códigos>] <nombre> [--json]

create crea una cuenta del panel, en /admin/. Mientras no hay ninguna, el hub escribe además al arrancar un enlace con el
que un navegador crea la primera; vale una vez, durante un día.

  --role viewer    Lo ve todo y no cambia nada. Si no: admin.
  --role manager   Ve y atiende solo los TPV de --tpv; no tiene contraseña, y entra con una invitación.

tpvs enseña qué TPV tiene un responsable, y le da o le quita alguno; entonces se cierran sus sesiones.

invite crea el enlace con el que la persona responsable vincula su Telegram, una vez, durante una semana; el anterior deja
de valer.

  --withdraw       Lo retira, y no crea otro.

reset-password pone otra contraseña a una cuenta y cierra sus sesiones.

  --disable-totp   Quita también su segundo factor, para quien perdió el móvil y los códigos de recuperación.

unlink desvincula el Telegram de una cuenta, por ejemplo el de un móvil robado: deja de recibir entradas y alarmas.

alarms enseña de qué alarmas se avisa al Telegram de la cuenta; los códigos van entre comas, o son all.

  --mute tpv_key_shared,backup_late   Deja de avisar de estas.
  --hear all                          Vuelve a avisar de estas.

La contraseña (al menos 12 caracteres) se pregunta dos veces, o se lee de la entrada estándar:

  npx valletpv-hub admin create ana < contraseña.txt

Todas valen con el hub en marcha, y no necesitan más variable que DATABASE_URL.
`,
  tpv: `Uso: npx valletpv-hub tpv list
     npx valletpv-hub tpv register <nombre> --endpoint-url <url> [--max-users 100]
     npx valletpv-hub tpv activate <tpv>
     npx valletpv-hub tpv deactivate <tpv> [--users keep|reassign]
     npx valletpv-hub tpv rotate-key <tpv>
     npx valletpv-hub tpv rotate-secret <tpv>
     npx valletpv-hub tpv join-code <tpv> [--new]
     npx valletpv-hub tpv service <tpv> [open|busy|paused] [--minutes 20] [--for 30|--until <hora>]
         [--reason <texto>] [--timetable <fichero|none>]
     npx valletpv-hub tpv test-order <tpv> [--text <texto>] [--wait 30]
     npx valletpv-hub tpv import-key <tpv>

<tpv> es un id como los enseña «tpv list», o un nombre que no tiene ningún otro TPV.

  list         Todos los TPV, con su id, su estado, sus clientes y cuándo se supo de ellos por última vez.
  register     Crea un TPV, activo desde ya, y enseña su clave y su secreto de firma solo esta vez.
  activate     Lo aprueba: desde ahora le llegan clientes y mensajes.
  deactivate   Corta su conexión en un segundo. Sus clientes lo esperan, o (--users reassign) pasan a otros TPV.
  rotate-key   Crea una clave nueva y la enseña solo esta vez; la anterior vale 24 horas más.
  rotate-secret  Lo mismo con el secreto con el que el TPV comprueba las llamadas del hub a su URL.
  join-code    El código que lleva a una persona a este TPV; --new crea otro, y el anterior deja de llevar a nada.
  service      Enseña si el restaurante atiende, o lo dice: busy lleva --minutes (cuánto se espera), paused un --reason
               que lee la gente; los dos acaban solos tras --for minutos, o a la hora de --until. --timetable lee JSON:
               {"weekly": {"mon": [["13:00", "16:00"]]}, "exceptions": [{"date": "2026-12-25", "hours": []}]}.
  test-order   Envía al TPV lo que escribiría una persona (payload.test es true, y el id de la persona 0), espera --wait
               segundos, y enseña cada paso y la respuesta. No le llega a nadie ni cuenta en ninguna cifra; un TPV que no
               conoce los pedidos de prueba lo toma por uno real. Acaba con 0 si el TPV lo completó; si no, con 1.
  import-key   Deja entrar al TPV con una clave suya, además de las que tiene: un TPV antiguo conserva así la clave con la
               que se instaló. La clave (al menos 20 caracteres, y de ningún otro TPV) se pregunta, o se lee de la entrada
               estándar: npx valletpv-hub tpv import-key "Bar La Esquina" < clave.txt

Todas valen con el hub en marcha, no necesitan más variable que DATABASE_URL, y admiten --json.
`,
  user: `Uso: npx valletpv-hub user list [--query <texto>] [--tpv <tpv>] [--unassigned] [--limit 50]
     npx valletpv-hub user assign <id_de_telegram> <tpv>
     npx valletpv-hub user export <id_de_telegram> [--to <fichero>]
     npx valletpv-hub user erase <id_de_telegram>

  list     Las personas que han escrito al bot, primero las más recientes. --query busca un nombre, un usuario o un id.
  assign   Da una persona a un TPV; lo que esperaba va con ella.
  export   Escribe todo lo que se guarda de una persona en un fichero nuevo (modo 600), como JSON.
  erase    Borra a una persona y todo lo suyo; se dice a sus TPV que hagan lo mismo. No se puede deshacer.

Todas valen con el hub en marcha, no necesitan más variable que DATABASE_URL, y admiten --json.
`,
  instruction: `Uso: npx valletpv-hub instruction list [--status failed] [--tpv <tpv>] [--user <id_de_telegram>] [--limit 50]
     npx valletpv-hub instruction show <id>
     npx valletpv-hub instruction retry <id>

  list     Lo que se pidió a los TPV, primero lo más nuevo. Un estado es pending, sent, delivered, processing, completed
           o failed.
  show     Una instrucción con su camino desde la persona hasta la respuesta, y el tiempo entre cada paso.
  retry    Repite una que terminó, con un id nuevo, al TPV que atiende ahora a la persona.

Todas valen con el hub en marcha, no necesitan más variable que DATABASE_URL, y admiten --json.
`,
  webhook: `Uso: npx valletpv-hub webhook set [url]
     npx valletpv-hub webhook info
     npx valletpv-hub webhook delete

  set      Dice a Telegram dónde entregar (TELEGRAM_WEBHOOK_URL si no se indica), con el secreto y los tipos que recibe.
  info     Lo que sabe Telegram, y qué está mal; código de salida 1 si hay algo.
  delete   Telegram deja de entregar.

Necesitan las variables de Telegram, y admiten --json.
`,
  maintenance: `Uso: npx valletpv-hub maintenance begin [--for 60] [--from <hora>] [--reason <texto>] [tpv]
     npx valletpv-hub maintenance list
     npx valletpv-hub maintenance end <id>

Mientras dura un mantenimiento no se avisa de alarmas en Telegram a ninguna cuenta; el panel, la API y las métricas las
enseñan igual. De las que siguen al acabar se avisa entonces.

  begin    Empieza uno de 60 minutos, de todo el hub o de un TPV. --for pone otros minutos, 7 días como máximo; con --from
           empieza más tarde.
  list     Los que están en curso o previstos.
  end      Termina uno antes de tiempo, o quita uno previsto.

Todas valen con el hub en marcha, no necesitan más variable que DATABASE_URL, y admiten --json.
`,
} as const;
