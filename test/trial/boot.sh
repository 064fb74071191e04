#!/usr/bin/env bash
# Boots a bare Debian with its own systemd as PID 1, and runs a program beside it: on the same network, with the same
# names, but with this machine's files. Nothing of this machine changes but $FOLDER and a cgroup that goes with it.
#
#   FOLDER=<folder> MIRROR=<url> boot.sh <suite> <program> [arguments]
#
# The program finds the Debian's files in $DEBIAN_ROOT, and its first process as the child of systemd-nspawn. The exit
# code is the program's. $FOLDER/<suite> keeps the Debian as debootstrap made it, for the next time.
set -euo pipefail
readonly SUITE=$1 NAME=trial-$$ DOMAIN=valletpvbot.example
shift

readonly BASE=$FOLDER/$SUITE
WORK=$(mktemp -d "$FOLDER/run.XXXXXX")
readonly WORK
export DEBIAN_ROOT=$WORK/root
# A machine with cgroups of version 1, and 2 beside them, will do: the Debian sees version 2 alone.
CGROUP=$(findmnt -t cgroup2 -n -o TARGET | head -1)/$NAME
readonly CGROUP
BOX='' NETWORK=''

finish() {
  local code=$?
  set +e
  # Its namespace of processes, and all that is in it, end with it.
  [[ -z $BOX ]] || kill -KILL "$BOX" 2>/dev/null
  [[ -z $NETWORK ]] || kill "$NETWORK" 2>/dev/null
  for ((i = 0; i < 50; i++)); do
    [[ -d $CGROUP ]] || break
    find "$CGROUP" -depth -type d -exec rmdir {} \; 2>/dev/null
    sleep 0.1
  done
  rm -rf --one-file-system -- "$WORK"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

if [[ ! -e $BASE/.ready ]]; then
  rm -rf --one-file-system -- "$BASE"
  debootstrap "$SUITE" "$BASE" "$MIRROR" >"$BASE.log" 2>&1 || { tail -n 20 "$BASE.log" >&2; exit 1; }
  touch "$BASE/.ready"
fi
cp -a --reflink=auto -- "$BASE" "$DEBIAN_ROOT"
rm "$DEBIAN_ROOT/.ready"

# What a server on the internet needs not be told: where packages come from, whom this machine trusts, and the name that
# leads to the server.
{
  printf 'deb %s %s main\ndeb %s %s-updates main\n' "$MIRROR" "$SUITE" "$MIRROR" "$SUITE"
  [[ -z ${SECURITY:-} ]] || printf 'deb %s %s-security main\n' "$SECURITY" "$SUITE"
} >"$DEBIAN_ROOT/etc/apt/sources.list"
cp -r /etc/apt/apt.conf.d/. "$DEBIAN_ROOT/etc/apt/apt.conf.d/"
cp -L /etc/resolv.conf "$DEBIAN_ROOT/etc/resolv.conf"
# Read by Debian's ca-certificates, if that is installed.
install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$DEBIAN_ROOT/usr/local/share/ca-certificates/this-machine.crt"
[[ -z ${NPM_REGISTRY:-} ]] || echo "registry=$NPM_REGISTRY" >"$DEBIAN_ROOT/root/.npmrc"
printf '127.0.0.1 localhost %s %s\n::1 localhost\n' "$NAME" "$DOMAIN" >"$DEBIAN_ROOT/etc/hosts"
echo "$NAME" >"$DEBIAN_ROOT/etc/hostname"

mkdir "$CGROUP"
cat >"$WORK/box" <<'BOX'
set -euo pipefail
mount -t cgroup2 cgroup2 /sys/fs/cgroup
# systemd-nspawn's locks, and the names, are for this box alone.
mkdir -p /run/systemd
mount -t tmpfs tmpfs /run/systemd
mount --bind "$DEBIAN_ROOT/etc/hosts" /etc/hosts
ip link set lo up
while [[ ! -e $WORK/network ]]; do sleep 0.05; done
while :; do
  code=0
  systemd-nspawn --boot --directory="$DEBIAN_ROOT" --machine="$NAME" --register=no --keep-unit --console=pipe \
    --resolv-conf=off </dev/null >>"$WORK/console.log" 2>&1 || code=$?
  # 133: it asked for a reboot.
  [[ $code == 133 ]] || break
done &
code=0
"$@" || code=$?
[[ $code == 0 ]] || tail -n 20 "$WORK/console.log" >&2
exit "$code"
BOX
(
  echo "$BASHPID" >"$CGROUP/cgroup.procs"
  export WORK NAME
  # The namespace of processes matters twice: systemd-nspawn looks for cgroups under /proc/1, and killing one process
  # ends everything.
  exec setsid unshare --mount --cgroup --net --uts --ipc --pid --fork --kill-child --mount-proc -- bash "$WORK/box" "$@"
) &
BOX=$!
for ((i = 0; i < 200; i++)); do
  INSIDE=$(pgrep -P "$BOX" | head -1) || true
  [[ -z $INSIDE ]] || break
  sleep 0.05
done
# A way to the packages, which changes nothing outside.
setsid slirp4netns --configure --mtu=65520 --disable-host-loopback "$INSIDE" tap0 >"$WORK/slirp.log" 2>&1 &
NETWORK=$!
for ((i = 0; i < 200; i++)); do
  if nsenter -t "$INSIDE" -n ip -4 -o addr show tap0 2>/dev/null | grep -q inet; then break; fi
  sleep 0.05
done
touch "$WORK/network"
wait "$BOX"
