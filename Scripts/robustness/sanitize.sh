#!/bin/bash
# Builds everything under a sanitizer, in a folder of its own, and runs the tests: `make sanitize`.
#
#     Scripts/robustness/sanitize.sh address [swift test options]     # AddressSanitizer; UndefinedBehaviorSanitizer in all C
#     Scripts/robustness/sanitize.sh thread [swift test options]      # ThreadSanitizer
#
# The programs that tests start are built alike. A report ends the process that met it, with exit code 66. CONFIGURATION=debug builds
# several times faster and runs the device tens of times slower: for tests that solve nothing (--filter, --skip).
set -euo pipefail
cd "$(dirname "$0")/../.."
kind=${1:?"address or thread"}
shift
case $kind in
address)
    # Undefined behaviour in C ends the program as well; calls of Swift functions from C carry no type to check.
    flags=(--sanitize=address -Xcc -fsanitize=undefined -Xcc -fno-sanitize=function -Xcc -fno-sanitize-recover=undefined)
    ;;
thread) flags=(--sanitize=thread) ;;
*)
    echo "error: \"$kind\" is no sanitizer here; expected: address or thread" >&2
    exit 64
    ;;
esac
configuration=${CONFIGURATION:-release}
[ "$configuration" = debug ] || flags+=(-Xswiftc -enable-testing)
flags+=(-c "$configuration" -j "${JOBS:-$(nproc)}" --scratch-path ".build-$kind")
# Not asked: memory that is never given back (a process ends with much of it), and how long things take.
export ASAN_OPTIONS="detect_leaks=0:exitcode=66:abort_on_error=0"
export UBSAN_OPTIONS="print_stacktrace=1"
export TSAN_OPTIONS="exitcode=66:halt_on_error=1"
export OPENBLAS_NUM_THREADS=1 SWIFT_BACKTRACE=enable=no
swift build --build-tests "${flags[@]}"
exec swift test --skip-build "${flags[@]}" "$@"
