#!/usr/bin/env bash
# Installs the packages named, of Debian or Ubuntu, and keeps them from starting a server of their own.
#
#   deploy/install-redis.sh redis-server redis-tools
#
# For a machine that tries things out or runs tests: there a server of the package's own, on its usual port and again
# after every boot, would only be in the way. Needs root, or sudo without a password; says what to do otherwise.
set -euo pipefail

readonly POLICY=/usr/sbin/policy-rc.d    # what Debian's packages ask before they start a service; 101 means no

stop() {
  printf '%s\n' "$@" >&2
  exit 1
}

if (($# == 0)); then
  stop "Usage: ${BASH_SOURCE[0]} PACKAGE..."
fi
if ! command -v apt-get >/dev/null; then
  stop "Missing: $*" "There is no apt-get here. Install Redis or Valkey with the package manager of this system, then try again."
fi
if ((EUID != 0)); then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    exec sudo -n -- "${BASH_SOURCE[0]}" "$@"
  fi
  stop "Missing: $*" "Install it, then try again:  sudo apt-get install $*"
fi

is_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

new=()
for package in "$@"; do
  is_installed "$package" || new+=("$package")
done
echo "Installing with apt-get: $*. Their own services are neither started nor enabled."

has_own_policy=false
forget_policy() {
  if $has_own_policy; then
    rm -f "$POLICY"
  fi
}
trap forget_policy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
if [[ ! -e $POLICY ]]; then
  has_own_policy=true
  printf '#!/bin/sh\nexit 101\n' >"$POLICY"
  chmod +x "$POLICY"
fi

install() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" </dev/null
}

log=$(mktemp)
# A new machine has no lists of packages yet, an old one has stale ones.
if ! install "$@" >"$log" 2>&1 && ! { apt-get update -q && install "$@"; } >"$log" 2>&1 </dev/null; then
  cat "$log" >&2
  rm -f "$log"
  stop "apt-get could not install: $*"
fi
rm -f "$log"

# A service that was there before stays as it was. Not every package has one.
if command -v systemctl >/dev/null; then
  for package in "${new[@]}"; do
    systemctl --quiet disable "$package.service" 2>/dev/null || true
  done
fi
