#!/usr/bin/env bash
# The hub as a systemd service of this machine (Debian 12 or newer); "manage_webhook_service.sh" alone lists what it does.
#
# Everything stays in the project's folder, as it was cloned (such as /opt/valletpv-hub): the program and .env, which the
# service may read, and data/ and logs/, which belong to it. So the command line (npx valletpv-hub …), run there, sees
# the same configuration and the same database as the service.
#
# The service runs what the link "program" in that folder leads to: the folder itself, or, after an upgrade, a package
# that was installed in releases/ there. This script is then that package's, too.
#
# Each command looks before it acts, and may be run again: what is done already stays as it is.
# UNIT_DIR says where units are kept; tests choose another folder, and put their own systemctl first in PATH.
set -euo pipefail

readonly SERVICE=valletpv-hub
readonly SERVICE_USER=valletpv
readonly UNIT_DIR=${UNIT_DIR:-/etc/systemd/system}
readonly UNIT=$UNIT_DIR/$SERVICE.service
# Where "valletpv-hub setup" writes its site.
readonly CADDY_DIR=${CADDY_DIR:-/etc/caddy}
readonly CADDY_DATA=${CADDY_DATA:-/var/lib/caddy/.local/share/caddy}
DEPLOY_DIR=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd)
PROGRAM_DIR=$(dirname -- "$DEPLOY_DIR")
PROJECT_DIR=${PROGRAM_DIR%/releases/*/lib/node_modules/"$SERVICE"}
readonly DEPLOY_DIR PROGRAM_DIR PROJECT_DIR
readonly PROGRAM=$PROJECT_DIR/program
readonly ENV_FILE=$PROJECT_DIR/.env
readonly LOG_DIR=$PROJECT_DIR/logs
# Any Node from 18 on reads it; it finds the one that "npm ci" brought.
readonly LAUNCH=$PROGRAM_DIR/src/process/launch.cjs

# The script of the program that the service runs knows best.
readonly CURRENT=$PROGRAM/deploy/manage_webhook_service.sh
if [[ -f $CURRENT && ! $CURRENT -ef ${BASH_SOURCE[0]} ]]; then exec bash "$CURRENT" "$@"; fi

# Everything that the operator reads.
readonly USAGE="Uso: $0 <orden>

  install      Crea el usuario $SERVICE_USER y el servicio $SERVICE, y lo activa para cada arranque de la máquina.
  start        Arranca el hub y espera a que atienda.
  stop         Lo detiene: termina antes lo que tiene entre manos (25 s como mucho).
  restart      Lo detiene y lo arranca; antes comprueba la configuración.
  status       Muestra el estado del servicio y si el hub puede atender.
  logs         Sigue lo que el servicio escribe en el registro del sistema (journalctl).
  logs-error   Sigue logs/error.log: lo que hace el hub, y lo que falla.
  logs-access  Sigue logs/access.log: una línea por petición.
  upgrade      Instala otra versión, de su paquete (valletpv-hub-x.y.z.tgz); si algo falla, vuelve a la de ahora.
  uninstall    Quita el servicio y el sitio de Caddy; dice lo que se queda: los datos, los registros, .env…
"
declare -rA TEXTS=(
  [unknown]='«%s» no es una orden.\n\n%s'
  [root]='«%s» necesita permisos de administrador: sudo %s %s'
  [systemd]='Falta systemctl: este programa es para máquinas con systemd.'
  [folder]='El servicio no puede trabajar en %s: mueve el proyecto a una carpeta como /opt/valletpv-hub (letras sin acentos, cifras, punto y guiones; ni /home ni /root).'
  [npm]='Falta npm: apt-get install npm. Después, en %s: npm ci'
  [node]='Faltan las dependencias o el programa compilado: en %s ejecuta npm ci y repite la orden.'
  [node_broken]='El Node del hub no funciona, por lo que dice la línea anterior.'
  [node_folder]='El servicio no puede usar %s: instala Node para todo el sistema (ni en /home ni en /root).'
  [env]='Falta la configuración: install -m 600 %s %s; después rellena las variables obligatorias.'
  [env_open]='%s contiene secretos y cualquiera puede leerlo: chmod 600 %s'
  [config]='La configuración (%s) no es correcta; nada ha cambiado:'
  [data_dir]='DATABASE_URL guardaría los datos en %s: elige una carpeta solo para ellos, como sqlite:./data/hub.db (letras sin acentos, cifras, punto y guiones; ni /home ni /root).'
  [data_dir_taken]='DATABASE_URL guardaría los datos en %s, que ya existe y no es del usuario %s: elige una carpeta solo para ellos.'
  [unreadable]='El usuario %s no puede leer el programa en %s: chmod -R u=rwX,go=rX dist src/process node_modules package.json, y que pueda entrar en cada carpeta de la ruta.'
  [port]='El puerto %s de %s está ocupado por otro programa: detenlo (ss -ltnp lo muestra) o elige otro PORT en .env.'
  [missing]='El servicio no está instalado: sudo %s install'
  [user_made]='Usuario %s creado.'
  [unit_written]='Servicio escrito en %s.'
  [unit_same]='El servicio ya estaba al día en %s.'
  [package]='Falta el paquete de la versión nueva: sudo %s upgrade valletpv-hub-x.y.z.tgz'
  [unit_stale]='Aviso: el servicio instalado no corresponde a esta versión o a esta configuración; %s install lo pone al día.'
  [restart_hint]='Está en marcha con lo de antes: %s restart lo pone al día.'
  [enabled]='Arrancará con la máquina.'
  [installed]='Instalado. Datos en %s, registros en %s. Para arrancarlo: sudo %s start'
  [started]='El hub atiende en %s/'
  [running]='El hub ya está en marcha.'
  [failed]='El hub no ha arrancado. Lo último que ha escrito:'
  [stopped]='El hub está detenido.'
  [ready]='El hub puede atender.'
  [not_ready]='El hub no puede atender:'
  [not_asked]='Para saber si el hub puede atender: sudo %s status'
  [no_log]='Aún no hay %s: el hub lo crea al arrancar.'
  [not_installed]='El servicio no está instalado; no hay nada que quitar.'
  [removed]='Servicio quitado. Siguen ahí el programa (%s), los datos (%s), los registros (%s), la configuración (%s) y el usuario %s.'
  [site_removed]='Caddy ya no tiene el sitio del hub (%s).'
  [certificate_kept]='Sigue ahí el certificado que pidió Caddy: %s'
  [command_kept]='Sigue ahí la orden %s, de %s: npm uninstall -g %s'
)

say() {
  local text=${TEXTS[$1]}
  shift
  # shellcheck disable=SC2059 # The sentences above are formats.
  printf "$text\n" "$@"
}

# Ends with exit code 1 and a sentence.
refuse() {
  say "$@" >&2
  exit 1
}

need_root() {
  [[ $(id -u) == 0 ]] || refuse root "$1" "$0" "$1"
}

need_systemd() {
  command -v systemctl >/dev/null || refuse systemd
}

need_installed() {
  need_systemd
  [[ -f $UNIT ]] || refuse missing "$0"
}

# The unit takes paths without quotes, and hides people's homes from the service.
fits_unit() {
  [[ $1 =~ ^/[A-Za-z0-9._/-]+$ && ! $1/ =~ ^/(home|root)/ ]]
}

# Sets NODE, the program that the service runs.
need_program() {
  command -v node >/dev/null || refuse npm "$PROJECT_DIR"
  [[ -d $PROGRAM_DIR/node_modules && -f $PROGRAM_DIR/dist/src/main.js ]] || refuse node "$PROGRAM_DIR"
  NODE=$(node "$LAUNCH" -p process.execPath) || refuse node_broken
  # A program that brings its Node brings it to every version.
  NODE=${NODE/#"$PROGRAM_DIR"/"$PROGRAM"}
  fits_unit "$NODE" || refuse node_folder "$NODE"
}

# Sets HOST, PORT, URL and DATA_DIR as the hub itself understands .env; variables of this shell play no part.
need_configuration() {
  [[ -f $ENV_FILE ]] || refuse env "$PROJECT_DIR/.env.example" "$ENV_FILE"
  [[ $(stat -L -c %a -- "$ENV_FILE") == *0 ]] || refuse env_open "$ENV_FILE" "$ENV_FILE"
  local settings
  if ! settings=$(cd -- "$PROJECT_DIR" && env -i PATH="$PATH" node "$LAUNCH" "$PROGRAM_DIR/dist/deploy/settings.js" 2>&1); then
    say config "$ENV_FILE" >&2
    printf '%s\n' "$settings" >&2
    exit 78
  fi
  HOST=$(sed -n 's/^host=//p' <<<"$settings")
  PORT=$(sed -n 's/^port=//p' <<<"$settings")
  URL=$(sed -n 's/^url=//p' <<<"$settings")
  DATA_DIR=$(sed -n 's/^data_dir=//p' <<<"$settings")
  [[ $PROJECT_DIR/ != "${DATA_DIR%/}/"* ]] || refuse data_dir "$DATA_DIR"
  fits_unit "$DATA_DIR" || refuse data_dir "$DATA_DIR"
}

# What is in it will belong to the service: outside the project that may only be a folder which was always meant for it.
need_data_folder() {
  [[ -d $DATA_DIR && $DATA_DIR != "$PROJECT_DIR"/* ]] || return 0
  [[ $(stat -c %U -- "$DATA_DIR") == "$SERVICE_USER" ]] || refuse data_dir_taken "$DATA_DIR" "$SERVICE_USER"
}

need_free_port() {
  if (exec 3<>"/dev/tcp/$HOST/$PORT") 2>/dev/null; then refuse port "$PORT" "$HOST"; fi
}

is_active() {
  systemctl is-active --quiet "$SERVICE"
}

make_user() {
  if id -u "$SERVICE_USER" >/dev/null 2>&1; then return; fi
  useradd --system --user-group --no-create-home --home-dir "$PROJECT_DIR" --shell /usr/sbin/nologin "$SERVICE_USER"
  say user_made "$SERVICE_USER"
}

# Hands over what the service writes, and lets it read its secrets; whoever owns .env keeps it.
make_folders() {
  local folder
  for folder in "$DATA_DIR" "$LOG_DIR"; do
    install -d -m 700 -o "$SERVICE_USER" -g "$SERVICE_USER" -- "$folder"
    find "$folder" ! -user "$SERVICE_USER" -execdir chown -h "$SERVICE_USER:$SERVICE_USER" -- {} +
  done
  chgrp -- "$SERVICE_USER" "$ENV_FILE"
  chmod 640 -- "$ENV_FILE"
}

need_readable() {
  local program=$PROGRAM_DIR
  runuser -u "$SERVICE_USER" -- "${NODE/#"$PROGRAM"/"$program"}" -e "
    for (const file of process.argv.slice(1))
      require('node:fs').accessSync(file, require('node:fs').constants.R_OK);
  " "$ENV_FILE" "$program"/{package.json,src/process/launch.cjs,dist/src/main.js,dist/migrations} 2>/dev/null ||
    refuse unreadable "$SERVICE_USER" "$program"
}

link_program() {
  [[ -L $PROGRAM ]] || ln -s . "$PROGRAM"
}

unit_text() {
  sed -e "s|@PROJECT@|$PROJECT_DIR|g" -e "s|@DATA_DIR@|$DATA_DIR|g" -e "s|@LOG_DIR@|$LOG_DIR|g" \
    -e "s|@USER@|$SERVICE_USER|g" -e "s|@NODE@|$NODE|g" -- "$DEPLOY_DIR/$SERVICE.service"
}

write_unit() {
  local unit
  unit=$(unit_text)
  if [[ -f $UNIT && $(<"$UNIT") == "$unit" ]]; then
    say unit_same "$UNIT"
    return
  fi
  # Never half a unit: systemd may read it at any moment.
  printf '%s\n' "$unit" >"$UNIT.new"
  chmod 644 -- "$UNIT.new"
  mv -f -- "$UNIT.new" "$UNIT"
  systemctl daemon-reload
  say unit_written "$UNIT"
  if is_active; then say restart_hint "$0"; fi
}

install_service() {
  need_root install
  need_systemd
  fits_unit "$PROJECT_DIR" || refuse folder "$PROJECT_DIR"
  need_program
  need_configuration
  need_data_folder
  is_active || need_free_port
  make_user
  make_folders
  need_readable
  link_program
  write_unit
  if ! systemctl is-enabled --quiet "$SERVICE"; then
    systemctl enable --quiet "$SERVICE"
    say enabled
  fi
  say installed "$DATA_DIR" "$LOG_DIR" "$0"
}

start_service() {
  need_root start
  need_installed
  if is_active; then
    say running
    return
  fi
  need_program
  need_configuration
  need_free_port
  run_unit start
}

restart_service() {
  need_root restart
  need_installed
  need_program
  need_configuration
  is_active || need_free_port
  run_unit restart
}

# systemctl comes back once the hub listens, or has given up.
run_unit() {
  [[ $(<"$UNIT") == "$(unit_text)" ]] || say unit_stale "$0"
  if ! systemctl "$1" "$SERVICE"; then
    say failed >&2
    journalctl --unit "$SERVICE" --lines 20 --no-pager --output cat >&2 || true
    exit 1
  fi
  say started "$URL"
}

stop_service() {
  need_root stop
  need_installed
  systemctl stop "$SERVICE"
  say stopped
}

show_status() {
  need_installed
  local state=0
  systemctl status --no-pager --lines 0 "$SERVICE" || state=$?
  if ((state != 0)); then exit "$state"; fi
  if [[ ! -r $ENV_FILE ]]; then
    say not_asked "$0"
    return
  fi
  need_configuration
  local answer
  if answer=$(ask_readyz); then
    say ready
  else
    say not_ready
    printf '%s\n' "$answer"
    exit 1
  fi
}

ask_readyz() {
  node -e "
    fetch(process.argv[1] + '/readyz', { signal: AbortSignal.timeout(5000) })
      .then(async (answer) => { console.log(await answer.text()); process.exitCode = answer.ok ? 0 : 1; })
      .catch((error) => { console.log(error.cause?.message ?? error.message); process.exitCode = 1; });
  " "$URL"
}

follow_journal() {
  need_installed
  exec journalctl --unit "$SERVICE" --lines 100 --follow
}

follow_log() {
  need_root "logs-$1"
  [[ -e $LOG_DIR/$1.log ]] || refuse no_log "$LOG_DIR/$1.log"
  exec tail -n 100 -F -- "$LOG_DIR/$1.log"
}

upgrade_service() {
  need_root upgrade
  need_installed
  need_program
  [[ -n $1 ]] || refuse package "$0"
  local package
  package=$(readlink -m -- "$1")
  cd -- "$PROJECT_DIR"
  exec node "$LAUNCH" "$PROGRAM_DIR/dist/src/cli/main.js" upgrade "$package"
}

# Takes away the site that setup wrote, and says where its certificate is.
remove_site() {
  local site=$CADDY_DIR/$SERVICE.caddy domain folder
  [[ -f $site ]] || return 0
  domain=$(sed -n 's/^\([^[:space:]#]*\) {$/\1/p' "$site" | head -n 1)
  rm -f -- "$site"
  sed -i "\\|^import $site\$|d" "$CADDY_DIR/Caddyfile"
  # A Caddy that does not run reads it when it starts.
  systemctl reload caddy 2>/dev/null || true
  say site_removed "$site"
  for folder in "$CADDY_DATA"/certificates/*/"$domain"; do
    if [[ -n $domain && -d $folder ]]; then say certificate_kept "$folder"; fi
  done
}

# The command that "npm install -g" made.
name_command() {
  local link target
  link=$(command -v "$SERVICE") || return 0
  target=$(readlink -f -- "$link")
  say command_kept "$link" "${target%/src/cli/launch.cjs}" "$SERVICE"
}

uninstall_service() {
  need_root uninstall
  need_systemd
  if [[ ! -f $UNIT ]]; then
    say not_installed
    return
  fi
  local data_dir
  data_dir=$(sed -n 's/^ReadWritePaths=\([^ ]*\) .*/\1/p' "$UNIT")
  systemctl disable --quiet --now "$SERVICE"
  rm -f -- "$UNIT"
  systemctl daemon-reload
  remove_site
  say removed "$PROJECT_DIR" "$data_dir" "$LOG_DIR" "$ENV_FILE" "$SERVICE_USER"
  name_command
}

case ${1:-} in
  install) install_service ;;
  start) start_service ;;
  stop) stop_service ;;
  restart) restart_service ;;
  status) show_status ;;
  logs) follow_journal ;;
  logs-error) follow_log error ;;
  logs-access) follow_log access ;;
  upgrade) upgrade_service "${2:-}" ;;
  uninstall) uninstall_service ;;
  '' | help | -h | --help) printf '%s' "$USAGE" ;;
  *)
    say unknown "$1" "$USAGE" >&2
    exit 64
    ;;
esac
