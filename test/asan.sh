#!/usr/bin/env bash
# The tests that reach native code, with the addon built under AddressSanitizer and UBSan. Left out are capacity, overload
# and verify: they make judgements of longer runs, which this build distorts, over the native code that run, loss, churn,
# dispatch and engine go through here as well.
set -euo pipefail
cd "$(dirname "$0")/.."
trap 'npm run --silent build:native' EXIT
flags='-fsanitize=address,undefined -fno-omit-frame-pointer'
CFLAGS="$flags -g -O1" LDFLAGS="$flags" npm run --silent build:native
# The runtime must be the first library of every process, members included: they inherit this environment.
export LD_PRELOAD="$(gcc -print-file-name=libasan.so)"
# Node's own allocations at exit are not ours to report.
export ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
node node_modules/vitest/vitest.mjs run test/system \
  --exclude '**/{capacity,overload,send-stamps,verify}.test.ts'
