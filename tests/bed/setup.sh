#!/bin/bash
# Builds the folder in which the tests' Asterisk runs: a small Debian of the suite "sid", because
# this machine's own suite has no Asterisk. Needs root and the network; repeats nothing.
# usage: setup.sh [FOLDER]      default: ${HOTLINE_BED:-$HOME/.cache/hotline-bed}
# The last line printed is "bed: FOLDER/root-STAMP VERSION". Any failure names itself, exit code 1.
set -euo pipefail

RECIPE=1   # raise it when the commands below change, so that an older folder is built anew
PACKAGES=(asterisk asterisk-core-sounds-en asterisk-moh-opsound-wav)
STAMP=$(printf '%s ' "$RECIPE" "$(dpkg --print-architecture)" "${PACKAGES[@]}" | sha256sum | cut -c1-12)
HOME_OF_BEDS=${1:-${HOTLINE_BED:-$HOME/.cache/hotline-bed}}
ROOT=$HOME_OF_BEDS/root-$STAMP
LOG=$ROOT.log
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

fail() { echo "BED FAILED: $*" >&2; [ -s "$LOG" ] && tail -n 15 "$LOG" >&2; exit 1; }
version() { chroot "$1" /usr/sbin/asterisk -V 2>/dev/null | tail -n 1; }

[ "$(id -u)" = 0 ] || fail "only root can build and enter a chroot"
mkdir -p "$HOME_OF_BEDS"
exec 9>"$HOME_OF_BEDS/.lock"; flock 9          # two runs at once must not build the same folder

if [ ! -e "$ROOT/.ready" ]; then
  SOURCE=/etc/apt/sources.list.d/debian.sources
  [ -r "$SOURCE" ] || fail "no $SOURCE to learn the mirror and its key ring from"
  MIRROR=$(awk '/^URIs:/ {print $2; exit}' "$SOURCE")
  KEYRING=$(awk '/^Signed-By:/ {print $2; exit}' "$SOURCE")
  [ -n "$MIRROR" ] && [ -r "$KEYRING" ] || fail "no mirror or key ring in $SOURCE"
  command -v debootstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends debootstrap; } \
    || fail "debootstrap cannot be installed"
  rm -rf --one-file-system "$ROOT"; mkdir -p "$ROOT"; : >"$LOG"
  # the key ring is given, so an unsigned or wrongly signed suite is refused; there is no other way in
  debootstrap --variant=minbase --keyring="$KEYRING" sid "$ROOT" "$MIRROR" >>"$LOG" 2>&1 || fail "debootstrap sid"
  # nothing is mounted into it: the device nodes that debootstrap makes are enough, and removing the
  # folder can never reach this machine's own /dev or /proc
  cp /etc/apt/apt.conf.d/99* "$ROOT/etc/apt/apt.conf.d/" 2>/dev/null || true
  cp /etc/resolv.conf /etc/hosts "$ROOT/etc/" 2>/dev/null || true
  echo "deb $MIRROR sid main" >"$ROOT/etc/apt/sources.list"
  printf '#!/bin/sh\nexit 101\n' >"$ROOT/usr/sbin/policy-rc.d"; chmod 755 "$ROOT/usr/sbin/policy-rc.d"
  chroot "$ROOT" apt-get update -qq >>"$LOG" 2>&1 || fail "apt-get update in the bed"
  chroot "$ROOT" apt-get install -y -qq --no-install-recommends "${PACKAGES[@]}" >>"$LOG" 2>&1 \
    || fail "the suite sid offers no installable ${PACKAGES[*]}"
  rm -rf "$ROOT"/var/cache/apt/*.bin "$ROOT"/var/cache/apt/archives/*.deb "$ROOT"/var/lib/apt/lists/* "$ROOT/etc/apt/sources.list"
  [ -n "$(version "$ROOT")" ] || fail "asterisk does not start in the bed"
  touch "$ROOT/.ready"
fi
echo "bed: $ROOT $(version "$ROOT")"
