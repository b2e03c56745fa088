#!/usr/bin/env bash
# Installs what the benches compare SoundBite with, under build/: a Python environment (piper-tts, sherpa-onnx), the same
# Piper on the ONNX Runtime that SoundBite itself uses, and the Fastify service. Does nothing when all is up to date.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(dirname "$here")/build
venv=$build/venv-bench
fastify=$build/bench-fastify
# ONNX Runtime as set-up installed it for SoundBite: libonnxruntime.so.X.Y.Z
runtime=$(basename "$(ls "$build"/deps/onnxruntime/lib/libonnxruntime.so.*.*.* | head -1)" | sed 's/.*\.so\.//')

# up_to_date STAMP FILE…: whether STAMP holds the checksum of the files.
up_to_date() {
  [ -f "$1" ] && [ "$(cat "$1")" = "$(cat "${@:2}" | sha256sum)" ]
}

for tool in wrk nginx espeak-ng g++ make; do
  command -v "$tool" > /dev/null || missing="${missing:-} $tool"
done
if [ -n "${missing:-}" ]; then
  echo "bench: please install:$missing" >&2
  echo "bench: on Debian: apt-get install wrk nginx-light espeak-ng g++ make nodejs npm libnode-dev" >&2
  exit 1
fi

if ! up_to_date "$venv/.stamp" "$here/requirements.txt" "$here/setup.sh"; then
  echo "bench: installing Python peers in $venv"
  [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
  rm -rf "$build/bench-onnxruntime"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --target "$build/bench-onnxruntime" "onnxruntime==$runtime"
  cat "$here/requirements.txt" "$here/setup.sh" | sha256sum > "$venv/.stamp"
fi

if [ "$(node -p 'process.versions.node.split(".")[0]' 2> /dev/null || echo 0)" -lt 20 ] || [ ! -f /usr/include/node/node.h ]; then
  echo "bench: the Fastify service is left out: it needs Node 20 or newer with its headers in /usr/include/node" >&2
  exit 0
fi
mkdir -p "$fastify"
cp "$here"/peers/fastify/{package.json,package-lock.json,server.js} "$fastify/"
if ! up_to_date "$fastify/.stamp" "$here/peers/fastify/package-lock.json"; then
  echo "bench: building the Fastify service in $fastify (a minute or two: its SQLite is compiled here)"
  # Its install scripts would download prebuilt binaries; we compile against the machine's own Node headers instead.
  (cd "$fastify" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  (cd "$fastify/node_modules/better-sqlite3" && node ../node-gyp/bin/node-gyp.js rebuild --release --nodedir=/usr > ../../build.log 2>&1) ||
    { tail -20 "$fastify/build.log" >&2; exit 1; }
  sha256sum < "$here/peers/fastify/package-lock.json" > "$fastify/.stamp"
fi
