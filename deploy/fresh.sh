#!/bin/sh
# Proves the two commands on a fresh machine: a minimal Debian in a folder, with Python, make and git,
# none of our dependencies, and a new clone of what is committed. Needs root and debootstrap.
# Usage: deploy/fresh.sh [run|test|both]
set -eu
what=${1:-both}
here=$(cd "$(dirname "$0")/.." && pwd)
[ "$(id -u)" = 0 ] || { echo "The fresh machine is a chroot, which only root can make." >&2; exit 1; }
"$here/deploy/packages.sh" debootstrap
# mounts and processes of its own: whatever happens, nothing of the machine stays behind
if [ -z "${KAKUNIN_FRESH:-}" ]; then
  KAKUNIN_FRESH=1 exec unshare --mount --pid --fork --kill-child "$0" "$@"
fi
mount --make-rprivate /
machine=$(mktemp -d /var/tmp/kakunin-fresh.XXXXXX)
chmod 755 "$machine"
server=""
leave() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  for place in dev sys proc; do
    if mountpoint -q "$machine/$place" && ! umount -R "$machine/$place"; then return; fi
  done
  rm -rf --one-file-system "$machine"
}
trap leave EXIT INT TERM

release=$(. /etc/os-release && echo "$VERSION_CODENAME")
# the same package sources, certificates and client settings as this machine; nothing else of it
mirror=$(sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' /etc/apt/sources.list.d/* /etc/apt/sources.list 2>/dev/null | head -n 1)
echo "Making a minimal Debian ($release)"
debootstrap --variant=minbase --include=ca-certificates,git,make,python3,curl,procps "$release" "$machine" "$mirror" >"$machine.log" 2>&1 || {
  tail -n 5 "$machine.log" >&2; echo "The fresh machine could not be made." >&2; exit 1; }
rm -f "$machine.log"
for file in /etc/apt /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/ssl/certs /usr/local/share/ca-certificates; do
  [ -e "$file" ] && mkdir -p "$machine$(dirname "$file")" && cp -aL "$file" "$machine$(dirname "$file")/" 2>/dev/null || true
done
[ ! -f "$HOME/.config/pip/pip.conf" ] || { mkdir -p "$machine/root/.config/pip"; cp "$HOME/.config/pip/pip.conf" "$machine/root/.config/pip/"; }
mount -t proc proc "$machine/proc"
mount -t sysfs sys "$machine/sys" 2>/dev/null || true
mount --rbind /dev "$machine/dev"; mount --make-rslave "$machine/dev"
git clone -q "$here" "$machine/root/kakunin"
inside() { chroot "$machine" /usr/bin/env -u KAKUNIN_DATA_FOLDER HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -c "cd /root/kakunin && $1"; }

case $what in run | both)
  echo "make run"
  began=$(date +%s)
  inside "make run ADDRESS=127.0.0.1:8099" &
  server=$!
  tries=0
  until curl -fs -o /dev/null http://127.0.0.1:8099/healthz; do
    tries=$((tries + 1)); [ $tries -lt 900 ] || { echo "The service did not come up." >&2; exit 1; }
    kill -0 "$server" 2>/dev/null || { echo "make run ended." >&2; exit 1; }
    sleep 1
  done
  curl -fs http://127.0.0.1:8099/sign-in | grep -q 'name="password"'
  echo "The service came up in $(($(date +%s) - began)) seconds."
  chroot "$machine" /usr/bin/pkill -TERM -o gunicorn || true
  wait "$server" 2>/dev/null || true
  server=""
esac
case $what in test | both)
  echo "make test"
  inside "make test"
esac
echo "Both commands work on a fresh machine."
