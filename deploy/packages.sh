#!/bin/sh
# Installs Debian packages that are missing, where it may; else prints the one line to run.
# Usage: deploy/packages.sh PACKAGE...
set -u
missing=""
for package in "$@"; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ]; then run=""; elif sudo -n true 2>/dev/null; then run="sudo"; else
  echo "Some system packages are missing, and this account may not install them. Please run:" >&2
  echo "  sudo apt-get update && sudo apt-get install --no-install-recommends -y$missing" >&2
  exit 1
fi
echo "Installing system packages:$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # the list is meant to be split
if ! $run apt-get update -qq || ! $run apt-get install --no-install-recommends -y -qq $missing >/dev/null; then
  echo "The system packages could not be installed:$missing" >&2
  exit 1
fi
