#!/bin/sh
# Stands in for what manage_webhook_service.sh runs that would change the machine: writes down how it was called, and
# remembers, as files in STUB_STATE, what it was told to do. Linked under the names of those programs.
set -eu
name=$(basename "$0")
printf '%s\n' "$name $*" | head -n 1 >>"$STUB_STATE/calls"
last=
for last; do :; done

case "$name $1" in
  'systemctl is-active') [ -e "$STUB_STATE/active" ] ;;
  'systemctl is-enabled') [ -e "$STUB_STATE/enabled" ] ;;
  'systemctl enable') : >"$STUB_STATE/enabled" ;;
  'systemctl start' | 'systemctl restart') [ ! -e "$STUB_STATE/broken" ] && : >"$STUB_STATE/active" ;;
  'systemctl stop') rm -f "$STUB_STATE/active" ;;
  'systemctl disable') rm -f "$STUB_STATE/active" "$STUB_STATE/enabled" ;;
  'systemctl status') [ -e "$STUB_STATE/active" ] || exit 3 ;;
  'id -u') if [ $# = 1 ]; then cat "$STUB_STATE/uid"; else [ -e "$STUB_STATE/user" ]; fi ;;
  'useradd '*) : >"$STUB_STATE/user" ;;
  'install '*) mkdir -p "$last" ;;
  'runuser '*)
    shift 3
    exec "$@"
    ;;
  'journalctl '*) echo 'what the service wrote' ;;
esac
