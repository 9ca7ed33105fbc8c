#!/bin/bash
# Installs the program that was built (make build) into PREFIX: bin/tausonite, and what comes with it into share/tausonite.
# WITHOUT_PYTHON=1 leaves out the private Python environment that figures and the game run in.
set -euo pipefail
prefix=${1:?usage: Scripts/install.sh PREFIX [PROGRAM]}
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
program=${2:-$(dirname "$0")/../.build/release/tausonite}
program=$(realpath "$program")
cd "$(dirname "$0")/.."
fail() { echo "install: error: $*" >&2; exit 1; }
[ -x "$program" ] || fail "$program is not there; make build makes it"
mkdir -p "$prefix/bin" || fail "$prefix/bin cannot be made"
prefix=$(cd "$prefix" && pwd)
share=$prefix/share/tausonite
# A half-copied program would be worse than the old one: both come into place by a rename.
next=$share.new.$$
trap 'rm -rf "$next" "$prefix/bin/.tausonite.$$"' EXIT
mkdir -p "$next/Docs"
cp -R Materials Validation "$next/"
cp -R Docs/examples "$next/Docs/"
cp requirements.txt LICENSE CITATION.cff "$next/"
if [ -d "$share/.venv" ]; then mv "$share/.venv" "$next/.venv"; fi
rm -rf "$share"
mv "$next" "$share"
install -m 755 "$program" "$prefix/bin/.tausonite.$$"
mv "$prefix/bin/.tausonite.$$" "$prefix/bin/tausonite"
if [ "${WITHOUT_PYTHON:-}" != 1 ]; then
    # An environment lies where it was made: its paths are written out.
    [ -x "$share/.venv/bin/python" ] || "${PYTHON:-python3}" -m venv "$share/.venv" || fail "no Python environment; WITHOUT_PYTHON=1 leaves it out"
    "$share/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input -r requirements.txt \
        || fail "pip could not install requirements.txt; WITHOUT_PYTHON=1 leaves it out"
fi
echo "install: $prefix/bin/tausonite, with its files in $share" >&2
"$prefix/bin/tausonite" --version >/dev/null || fail "$prefix/bin/tausonite does not run"
