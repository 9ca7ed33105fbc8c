#!/bin/bash
# Builds the library's reference as static pages: what the doc comments and the catalogues (Sources/*/*.docc) say, module by module.
#
#     make docs                  # builds the library, then writes results/docs
#     Scripts/docs.sh FOLDER     # from what is built, into FOLDER
#
# The pages need a server, as browsers do not run their scripts from files:  python3 -m http.server --directory results/docs 8000
# Takes the toolchain's own symbolgraph-extract and docc. A link in a doc comment that leads nowhere ends it.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-results/docs}
build=${TAUSONITE_BUILD:-.build/release}
yaml=.build/checkouts/Yams/Sources/CYaml/include  # a module map that the modules below need
modules=(Tausonite Essentials LinearAlgebra FiniteVolume DeviceModel Protocols Simulation CompactModel NeuralNetwork)

fail() { echo "docs: error: $*" >&2; exit 1; }
bin=$(dirname "$(readlink -f "$(command -v swift)")")
[ -x "$bin/docc" ] || fail "the toolchain at $bin has no docc"
[ -d $build/Modules ] || fail "nothing is built; run make build"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
target=$("$bin/swiftc" -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p')
archives=()
for module in "${modules[@]}"; do
    mkdir -p "$work/$module"
    "$bin/swift-symbolgraph-extract" -module-name "$module" -target "$target" -I $build/Modules -I Sources/COpenBLAS -I $build/CKernels.build -I "$yaml" \
        -minimum-access-level public -skip-synthesized-members -output-dir "$work/$module"
    "$bin/docc" convert "Sources/$module/$module.docc" --additional-symbol-graph-dir "$work/$module" \
        --fallback-display-name "$module" --fallback-bundle-identifier "tausonite.$module" --disable-parameters-and-returns-validation --warnings-as-errors --diagnostic-level warning \
        --transform-for-static-hosting --output-path "$work/$module.doccarchive" >"$work/$module.log" 2>&1 \
        || { cat "$work/$module.log" >&2; fail "$module"; }
    archives+=("$work/$module.doccarchive")
done
"$bin/docc" merge "${archives[@]}" --synthesized-landing-page-name Tausonite --output-path "$work/site" >/dev/null
mkdir -p "$(dirname "$out")"
rm -rf "$out"
mv "$work/site" "$out"
echo "docs: $(find "$out/documentation" -name index.html | wc -l) pages in $out (python3 -m http.server --directory $out 8000)"
