#!/bin/bash
# Builds the wheel of the Python package: the library with everything it needs in one shared library, the Python around it, the materials.
#
#     make wheel                        # builds the library, then writes results/wheel/tausonite-*.whl
#     Scripts/wheel.sh FOLDER           # from what is built (.build/release), into FOLDER
#
# The Swift runtime, OpenBLAS, LAPACKE and the Fortran and C++ runtimes are linked statically, ICU without its tables (Python/link); what is
# left is glibc, and its oldest version that has all the symbols becomes the wheel's tag (manylinux_2_NN). Needs what
# Scripts/setup.sh --with wheel installs.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-results/wheel}
build=${TAUSONITE_BUILD:-.build/release}
python=${PYTHON:-.venv/bin/python}

fail() { echo "wheel: error: $*" >&2; exit 1; }
bin=$(dirname "$(readlink -f "$(command -v swiftc)")")
# Not the archive itself: swiftc hides what archives define.
objects=$build/PythonBridge.product/Objects.LinkFileList
[ -f "$objects" ] || fail "$objects is not there; run make wheel"
"$python" -c 'import setuptools.command.bdist_wheel' 2>/dev/null || fail "$python has no setuptools that makes wheels; run Scripts/setup.sh --with wheel"
version=$(sed -n 's/^version: //p' CITATION.cff)
grep -qx "version = \"$version\"" Python/pyproject.toml && grep -qx "__version__ = \"$version\"" Python/src/tausonite/__init__.py \
    || fail "Python/pyproject.toml and Python/src/tausonite/__init__.py must say version $version, as CITATION.cff does"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
# In one place with archives only, the linker finds no shared library of the same name.
mkdir "$work/static"
runtime=$( (compgen -G "/usr/lib/gcc/*/*/libgfortran.a" || true) | sort -V | tail -1)
[ -n "$runtime" ] || fail "no libgfortran.a; run Scripts/setup.sh --with wheel"
for name in gfortran quadmath stdc++ gcc gcc_eh; do ln -s "$(dirname "$runtime")/lib$name.a" "$work/static/"; done
for name in openblas lapacke; do
    found=$( (compgen -G "/usr/lib/*/lib$name.a" || compgen -G "/usr/lib*/lib$name.a" || compgen -G "/usr/local/lib/lib$name.a" || true) | head -1)
    [ -n "$found" ] || fail "no lib$name.a; install lib$name-dev"
    ln -s "$found" "$work/static/"
done

# The header is the list of what the library exports.
header=Python/src/tausonite/interface.h
{ echo "{ global:"; sed -n 's/^[a-z].*[ *]\(tausonite_[a-z_]*\)(.*/    \1;/p' $header; echo "local: *; };"; } >"$work/exports.map"
package=$work/package
cp -r Python "$package"
rm -rf "$package"/link "$package"/build "$package"/src/*.egg-info
cp LICENSE "$package"
mkdir "$package/src/tausonite/materials"
cp Materials/materials/*.yaml "$package/src/tausonite/materials"
library=$package/src/tausonite/libtausonite.so
linker=()
link() { linker+=(-Xlinker "$1"); }
link --version-script="$work/exports.map" && link --gc-sections && link -s && link -z && link defs && link -soname=libtausonite.so
while read -r name; do link "--undefined=$name"; done < <(sed -n 's/^    \(.*\);/\1/p' "$work/exports.map")
# Tables of ICU that nothing here asks for: an empty one of the same name keeps them out.
icu=$(grep -aom1 'icudt[0-9]*_dat' "$bin/../lib/swift_static/linux/lib_FoundationICU.a" | head -1)
[ -n "$icu" ] || fail "the toolchain's lib_FoundationICU.a has no tables of a known name"
"$bin/clang" -c -O1 -fPIC "-DICU_DATA=$icu" -o "$work/icu-data.o" Python/link/icu-data.c
"$bin/swiftc" -emit-library -static-stdlib -use-ld=lld -o "$library" @"$objects" "$work/icu-data.o" "${linker[@]}" -L "$work/static" \
    -Xclang-linker -static-libgcc -l_FoundationICU -l_FoundationCShims -l_FoundationCollections -lCoreFoundation -llapacke -lopenblas -lgfortran -lquadmath >"$work/link.log" 2>&1 \
    || { cat "$work/link.log" >&2; fail "the shared library cannot be linked"; }

symbols=$("$bin/llvm-objdump" -T "$library")
needed=$("$bin/llvm-objdump" -p "$library" | sed -n 's/^ *NEEDED *//p' | sort | tr '\n' ' ')
for name in $needed; do
    case $name in
    libc.so.6 | libm.so.6 | libdl.so.2 | libpthread.so.0 | librt.so.1 | ld-linux-*.so.*) ;;
    *) fail "the shared library still needs $name" ;;
    esac
done
glibc=$(grep -o 'GLIBC_2\.[0-9]*' <<<"$symbols" | sed 's/GLIBC_2\.//' | sort -n | tail -1)
export TAUSONITE_PLATFORM="manylinux_2_${glibc}_$(uname -m)"
rm -f "$out"/tausonite-*.whl
# Same input, same bytes: no times of today in the archive.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-315532800} "$python" -m pip wheel --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index \
    --wheel-dir "$out" "$package" >"$work/pip.log" 2>&1 || { cat "$work/pip.log" >&2; fail "the wheel cannot be built"; }
wheel=$(ls "$out"/tausonite-"$version"-py3-none-"$TAUSONITE_PLATFORM".whl)
echo "wheel: $wheel, $(stat -c %s "$wheel" | awk '{printf "%.1f", $1 / 1e6}') MB ($(stat -c %s "$library" | awk '{printf "%.1f", $1 / 1e6}') MB the library), needs $needed"
