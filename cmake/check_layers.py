#!/usr/bin/env python3
"""Checks the layering of docs/architecture.md: who includes whom, names of files and folders, names of tests, and that no
two types share a name.

usage: check_layers.py [ROOT]     prints one line per breach; exits with 1 when there is any
"""

import pathlib
import re
import sys

# Room → the rooms it may include, itself apart. Services and workers reach speech and media through port/.
BASE = {"base"}
JOB = BASE | {"job"}
PORT = JOB | {"port"}
ADAPTER = PORT | {"net"}
ALLOWED = {
    "base": set(),
    "net": BASE,
    "job": BASE,
    "port": JOB,
    "onnx": BASE,
    "media": JOB,
    "speech": PORT | {"onnx"},
    "vad": PORT | {"onnx"},
    "sandbox": PORT,
    "service": PORT | {"net"},
    "worker": PORT | {"net"},
    "http": PORT | {"net", "service"},
    "adapter/embedded": ADAPTER,
    "adapter/aws": ADAPTER,
    "adapter/redis": ADAPTER,
}
APP = set(ALLOWED) - {"media", "onnx"}  # libav stays in the other program
PROGRAMS = {"main.cc": {"app"} | APP, "media_main.cc": JOB | {"sandbox", "media", "port"}}

# Headers of others that only some rooms may know.
VENDOR = {
    r"libav|libsw|chromaprint": {"media"},
    r"sqlite3": {"adapter/embedded"},
    r"espeak": {"speech"},
    r"onnxruntime": {"onnx", "speech"},
    r"boost/beast": {"http", "net"},
    r"CLI/|toml": {"app"},
}

FORBIDDEN = {"util", "utils", "common", "helper", "helpers", "manager", "managers", "misc", "core"}
NAMED_FOLDERS = ("src", "tests", "bench", "cmake", "docs", "web", "infra")
GENERATED = {"__pycache__", "node_modules", ".venv", ".pytest_cache"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
TYPE = re.compile(r"(?:class|struct|enum class|enum) (\w+)(?: [^;{]*)?\{")
TEST = re.compile(r"^(TYPED_)?TEST(_F|_P)?\(", re.MULTILINE)


def room_of(parts):
    """The room of a path below src: ('adapter', 'aws', 'x.cc') → 'adapter/aws'; None for a file of src itself."""
    if len(parts) == 1:
        return None
    if parts[0] == "adapter" and len(parts) > 1:
        return "/".join(parts[:2])
    return parts[0]


def include_breaches(path, relative, text):
    room = room_of(relative.parts)
    if room is None:
        allowed = PROGRAMS.get(relative.name)
    elif room == "app":
        allowed = APP
    else:
        allowed = ALLOWED.get(room)
    if allowed is None:
        yield f"{path}: no such room in design: add it to cmake/check_layers.py first"
        return
    is_test = relative.name.endswith("_test.cc")
    for quote, target in INCLUDE.findall(text):
        for pattern, rooms in VENDOR.items():
            if quote == "<" and re.match(pattern, target) and room not in rooms:
                yield f"{path}: <{target}> belongs to {', '.join(sorted(rooms))} alone"
        if quote == "<":
            continue
        target_room = room_of(tuple(target.split("/")))
        if target_room == "tests" and is_test:
            continue
        if target_room is None:
            yield f'{path}: "{target}" must be included with its room: "{room}/{target}"'
        elif target_room != room and target_room not in allowed:
            yield f'{path}: {room or relative.name} may not include "{target}"'


def name_breaches(root):
    for folder in NAMED_FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            relative = path.relative_to(root)
            if GENERATED & set(relative.parts):
                continue
            words = set(re.split(r"[^a-z]+", path.name.lower()))
            for word in sorted(words & FORBIDDEN):
                yield f"{relative}: a name that says nothing: {word}"


def types_of(text):
    """The full names of the types that a file defines for all to see."""
    scopes = []
    for line in text.splitlines():
        if found := re.match(r"namespace\s*([\w:]*)\s*\{", line):
            scopes.append(found[1])
        elif line.startswith("}  // namespace"):
            scopes = scopes[:-1]
        elif (found := TYPE.match(line)) and "" not in scopes:
            yield "::".join([*scopes, found[1]])


def type_breaches(root):
    """Two types of one name are one to the linker, whatever they hold: it keeps either's functions for both."""
    seen = {}
    for file in sorted((root / "src").rglob("*")):
        if file.suffix not in {".cc", ".h"} or file.name.endswith("_test.cc"):
            continue
        for name in types_of(file.read_text(encoding="utf-8")):
            known = seen.setdefault(name, file)
            if known != file:
                yield f"{file.relative_to(root)}: {name} is the name of a type in {known.relative_to(root)}"


def test_breaches(path, text):
    ending = "_contract.cc" if path.parts[:2] == ("tests", "contract") and "TEST_P" in text else "_test.cc"
    if TEST.search(text) and not path.name.endswith(ending):
        yield f"{path}: holds tests, so its name must end in {ending}"


def breaches(root):
    for folder in ("src", "tests"):
        for file in sorted((root / folder).rglob("*")):
            if file.suffix not in {".cc", ".h"}:
                continue
            text = file.read_text(encoding="utf-8")
            path = file.relative_to(root)
            if folder == "src":
                yield from include_breaches(path, file.relative_to(root / "src"), text)
            if file.suffix == ".cc":
                yield from test_breaches(path, text)
    yield from name_breaches(root)
    yield from type_breaches(root)


def main(arguments):
    root = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).parent.parent)
    if not (root / "src").is_dir():
        print(f"{root} has no src folder")
        return 1
    found = list(breaches(root))
    for breach in found:
        print(breach)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
