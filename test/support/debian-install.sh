#!/bin/sh
# Installs one Debian package without starting the service that it may bring: debian-install.sh <binary> <package>
# Run under flock by debian.ts. By the time the lock is ours, another process may have installed it.
set -eu
PATH="$PATH:/usr/sbin:/sbin"
command -v "$1" >/dev/null && exit 0

# Debian asks this program before it starts a service; 101 says no. One that the machine has stays as it is.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
# An installation that was cut off would keep all others from being made.
dpkg --configure -a
# A mirror that does not answer is asked again.
apt-get -q -o Acquire::Retries=3 update
apt-get -q install -y --no-install-recommends -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$2"
