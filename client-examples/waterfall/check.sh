#!/usr/bin/env bash
# Records examples with --har, and opens the pages of their calls in a real Chromium without a window:
# screenshots, console, a row for each call, filters, keys. It brings Chromium by apt-get if that is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=$PWD/client-examples/target/waterfall

find_chromium() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome; do
    if [ -n "$name" ] && command -v "$name"; then
      return 0
    fi
  done
  return 1
}

if ! chromium=$(find_chromium); then
  if ! command -v apt-get >/dev/null; then
    echo "There is no Chromium here: install it, or say where it is with CHROMIUM=/path/to/it." >&2
    exit 1
  fi
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } >/dev/null </dev/null ||
    { echo "apt-get cannot install chromium: install it as root, or set CHROMIUM=/path/to/it." >&2; exit 1; }
  chromium=$(find_chromium)
fi

rm -rf "$out"
mkdir -p "$out"
files=()
for example in Gateway LiveEvents Resilience WorkQueue; do
  # What an example claims is held elsewhere, some of it by the clock; here its calls are of interest.
  mvn -q -B -Pexample package "-Dexample=$example" "-Dexample.args=--har $out/$example.har" </dev/null \
    >"$out/$example.log" 2>&1 || echo "$example did not end well: $out/$example.log"
  grep '^calls: ' "$out/$example.log" || { cat "$out/$example.log" >&2; exit 1; }
  files+=("$out/$example.har")
done
java client-examples/waterfall/Check.java "$chromium" "$out" "${files[@]}" </dev/null
