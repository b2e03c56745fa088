"""Resumable uploads that are on disk before their answer, against programs that only write such files and sync them, on
the same disk in the same minutes."""

import http.client
import itertools
import os
import socket
import subprocess
import threading
import time

from claim import Report, column, interleave

# No run removes what another wrote: for minutes after that, ext4 looks at each inode that was freed whenever it makes a
# new one, on both sides. The last lines do.
TITLE = "Uploads that are durable before the answer"
FILES = 200
WRITERS = 8
SMALL = 1_000_000
LARGE = 1_000_000_000
TUS = {"Tus-Resumable": "1.0.0"}
CHUNK = {**TUS, "Content-Type": "application/offset+octet-stream"}


def run(setting) -> Report:
    report = Report(TITLE)
    small, large = _wav(SMALL), int(LARGE * setting.scale) // 2 * 2
    report.notes.append(f"{FILES} files of {SMALL:,} bytes over {WRITERS} connections; one file of {large:,} bytes")
    limit = ("--max-file", str(2 * LARGE))
    setting.fresh("uploads")
    folders = itertools.count()

    def new_folder():
        return setting.fresh(f"uploads/{next(folders)}")

    def many_uploads() -> dict:
        with setting.serve(new_folder(), workers=0, extra=limit) as server:
            _in_parallel(lambda _: _upload_files(server.port, small, 1))  # a server is not started for 200 files
            seconds = _in_parallel(lambda count: _upload_files(server.port, small, count))
        return {"per second": FILES / seconds}

    def many_files() -> dict:
        folder = new_folder()
        return {"per second": FILES / _in_parallel(lambda count: _write_files(folder, small, count))}

    def one_upload() -> dict:
        with setting.serve(new_folder(), workers=0, extra=limit) as server:
            begin = time.perf_counter()
            _upload_large(server.port, large)
            return {"MB per second": large / 1e6 / (time.perf_counter() - begin)}

    def one_dd() -> dict:
        target = new_folder() / "large"
        begin = time.perf_counter()
        _dd(target, large)
        return {"MB per second": large / 1e6 / (time.perf_counter() - begin)}

    sides = {"SoundBite": many_uploads, "write + fsync": many_files}
    results = interleave(sides, setting.runs)
    many = {side: report.add(side, "files of 1 MB", "/s", column(results[side], "per second")) for side in sides}
    sides = {"SoundBite": one_upload, "dd conv=fsync": one_dd}
    results = interleave(sides, setting.runs)
    one = {side: report.add(side, "one large file", "MB/s", column(results[side], "MB per second")) for side in sides}
    report.ratio(
        "files, of 8 threads that write and sync", many["SoundBite"], many["write + fsync"], 0.8, at_least=True
    )
    report.ratio("one large file, of dd conv=fsync", one["SoundBite"], one["dd conv=fsync"], 0.8, at_least=True)
    setting.fresh("uploads")
    return report


def _wav(size: int) -> bytes:
    """Bytes that a disk cannot squeeze behind the header of a WAV."""
    data = size - 44
    head = b"RIFF" + (size - 8).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    head += (1).to_bytes(2, "little") * 2 + (48000).to_bytes(4, "little") + (96000).to_bytes(4, "little")
    head += (2).to_bytes(2, "little") + (16).to_bytes(2, "little") + b"data" + data.to_bytes(4, "little")
    return head + os.urandom(data)


def _in_parallel(work) -> float:
    """Seconds that all writers took for their share of the files."""
    start = threading.Barrier(WRITERS + 1)
    errors = []

    def one() -> None:
        start.wait()
        try:
            work(FILES // WRITERS)
        except Exception as error:
            errors.append(error)

    writers = [threading.Thread(target=one) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    start.wait()
    begin = time.perf_counter()
    for writer in writers:
        writer.join()
    if errors:
        raise errors[0]
    return time.perf_counter() - begin


def _upload_files(port: int, data: bytes, count: int) -> None:
    """By hand, so that the client takes as little as it can of the processor that both sides share: http.client would
    send head and body apart and read the answer line by line."""
    head = "POST /api/v1/uploads HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    for name, value in {**CHUNK, "Upload-Length": len(data), "Content-Length": len(data)}.items():
        head += f"{name}: {value}\r\n"
    request = head.encode() + b"\r\n" + data
    with socket.create_connection(("127.0.0.1", port)) as link:
        for _ in range(count):
            link.sendall(request)
            answer = b""
            while not answer.endswith(b"\r\n\r\n"):  # it has no body
                answer += link.recv(4096) or b"\r\n\r\n"
            if not answer.startswith(b"HTTP/1.1 201 ") or b"Soundbite-File-Id: " not in answer:
                raise RuntimeError(f"an upload was answered {answer}")


def _write_files(folder, data: bytes, count: int) -> None:
    for n in range(count):
        with open(folder / f"{threading.get_ident()}-{n}", "wb", buffering=0) as file:
            file.write(data)
            os.fsync(file.fileno())


def _pieces(size: int):
    """A WAV of that size, piece by piece; the same megabyte again and again costs the client next to nothing."""
    first = _wav(SMALL)
    left = size
    while left > 0:
        yield first[: min(left, len(first))]
        left -= len(first)


def _upload_large(port: int, size: int) -> None:
    link = http.client.HTTPConnection("127.0.0.1", port, blocksize=1 << 20)
    headers = {**CHUNK, "Upload-Length": str(size), "Content-Length": str(size)}
    link.request("POST", "/api/v1/uploads", body=_pieces(size), headers=headers)
    answer = link.getresponse()
    answer.read()
    if answer.status != 201 or not answer.headers["Soundbite-File-Id"]:
        raise RuntimeError(f"the upload was answered {answer.status}")


def _dd(target, size: int) -> None:
    argv = ["dd", f"of={target}", "bs=1M", "iflag=fullblock", "conv=fsync", "status=none"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE) as dd:
        for piece in _pieces(size):
            dd.stdin.write(piece)
        dd.stdin.close()
        if dd.wait() != 0:
            raise RuntimeError("dd failed")
