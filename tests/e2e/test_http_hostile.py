"""Bytes on a socket that no client of ours would send. The server answers or closes, and goes on serving others."""

import random
import re
import socket
import threading
import time

import pytest
from processes import open_files
from serving import poll

REPLY_S = 20


class Wire:
    """A connection on which every byte is ours."""

    def __init__(self, server):
        self.socket = socket.create_connection(("127.0.0.1", server.port), REPLY_S)

    def send(self, data: bytes) -> None:
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the server had enough

    def read_to_end(self) -> bytes:
        """All the server says until it closes; fails when it never does."""
        said = b""
        try:
            while piece := self.socket.recv(65536):
                said += piece
        except ConnectionResetError:
            pass
        except TimeoutError:
            raise AssertionError(f"the server neither answered to the end nor closed; so far: {said[:300]}") from None
        return said

    def read_answers(self, count: int) -> list[bytes]:
        """The first `count` answers, each with its body."""
        answers, held = [], b""
        while len(answers) < count:
            head, found, rest = held.partition(b"\r\n\r\n")
            length = int(re.search(rb"\r\ncontent-length: (\d+)", head, re.I)[1]) if found else 0
            if found and len(rest) >= length:
                answers.append(head + found + rest[:length])
                held = rest[length:]
            else:
                piece = self.socket.recv(65536)
                assert piece, f"closed after {len(answers)} answers: {held[:300]}"
                held += piece
        assert not held, f"more than asked for: {held[:300]}"
        return answers

    def close(self) -> None:
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def ask(server, data: bytes) -> bytes:
    """Sends, says that no more comes, and reads all."""
    with Wire(server) as wire:
        wire.send(data)
        try:
            wire.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        return wire.read_to_end()


def statuses(said: bytes) -> list[int]:
    return [int(code) for code in re.findall(rb"HTTP/1\.1 (\d{3}) ", said)]


HOST = b"Host: localhost\r\n"
JSON = b"Content-Type: application/json\r\n"
SECOND = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST /api/v1/soundbites HTTP/1.1\r\n" + HOST + JSON

# Two readers could disagree where such a request ends: one refusal, then the connection is closed, and what came behind
# is never taken for a request.
SMUGGLED = {
    "length and chunks": POST + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "chunks and length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n" + SECOND,
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n" + SECOND,
    "the same length twice": POST + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n" + SECOND,
    "a list of lengths": POST + b"Content-Length: 0, 0\r\n\r\n" + SECOND,
    "length +0": POST + b"Content-Length: +0\r\n\r\n" + SECOND,
    "length -1": POST + b"Content-Length: -1\r\n\r\n" + SECOND,
    "length 0x0": POST + b"Content-Length: 0x0\r\n\r\n" + SECOND,
    "empty length": POST + b"Content-Length: \r\n\r\n" + SECOND,
    "length of 2^64": POST + b"Content-Length: 18446744073709551616\r\n\r\n" + SECOND,
    "two codings": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "identity": POST + b"Transfer-Encoding: identity\r\n\r\n" + SECOND,
    "chunked, identity": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + SECOND,
    "xchunked": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SECOND,
    "chunked behind a tab": POST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n" + SECOND,
    "chunks in HTTP/1.0": POST.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "space before the colon": POST + b"Content-Length : 0\r\n\r\n" + SECOND,
    "tab before the colon": POST + b"Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "folded field": POST + b"Content-Length:\r\n 0\r\n\r\n" + SECOND,
    "first field folded": b"GET / HTTP/1.1\r\n " + HOST + b"\r\n" + SECOND,
    "bare LF": b"GET / HTTP/1.1\nHost: localhost\n\n" + SECOND,
    "bare LF in a field": b"GET / HTTP/1.1\r\nX: a\nTransfer-Encoding: chunked\r\n" + HOST + b"\r\n" + SECOND,
    "bare CR in a field": b"GET / HTTP/1.1\r\nX: a\rTransfer-Encoding: chunked\r\n" + HOST + b"\r\n" + SECOND,
    "NUL in a field": b"GET / HTTP/1.1\r\nX: a\0b\r\n" + HOST + b"\r\n" + SECOND,
    "a field without a name": b"GET / HTTP/1.1\r\n: x\r\n" + HOST + b"\r\n" + SECOND,
    "a field without a colon": b"GET / HTTP/1.1\r\nnonsense\r\n" + HOST + b"\r\n" + SECOND,
    "no host": b"GET / HTTP/1.1\r\n\r\n" + SECOND,
    "two hosts": b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n" + SECOND,
    "chunk size x": POST + b"Transfer-Encoding: chunked\r\n\r\nx\r\n" + SECOND,
    "chunk size -1": POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" + SECOND,
    "chunk size 0x0": POST + b"Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n" + SECOND,
    "chunk size of 2^64": POST + b"Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n" + SECOND,
    "chunk without CRLF": POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\naXX0\r\n\r\n" + SECOND,
    "chunk ended by LF": POST + b"Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n" + SECOND,
    "chunk extension": POST + b"Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\n\r\n" + SECOND,
    "trailer": POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n" + SECOND,
    "HTTP/0.9": b"GET /\r\n" + SECOND,
    "HTTP/2.0": b"GET / HTTP/2.0\r\n" + HOST + b"\r\n" + SECOND,
    "HTTP/1.9": b"GET / HTTP/1.9\r\n" + HOST + b"\r\n" + SECOND,
    "the start of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + SECOND,
    "two spaces": b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND,
    "tab in the request line": b"GET\t/ HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND,
    "a target with a raw byte": b"GET /\xff HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND,
    "a target with a fragment": b"GET /#x HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND,
    "CONNECT": b"CONNECT localhost:22 HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND,
    "TLS": bytes.fromhex("16030100f8010000f40303") + bytes(range(237)),
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
    "a proxy's preface": b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + SECOND,
    "line breaks": b"\r\n" * 5000 + b"x",
    "NULs": bytes(70_000),
}


@pytest.mark.parametrize("case", SMUGGLED)
def test_a_request_that_can_be_read_in_two_ways_is_refused_once_and_for_all(shared, case):
    said = ask(shared, SMUGGLED[case])
    answered = statuses(said)
    assert len(answered) <= 1, f"the bytes behind were taken for a request: {said[:600]}"
    if answered:
        assert answered[0] in (400, 404, 405, 411, 413, 431, 501, 505), said[:600]
        assert b"application/problem+json" in said and re.search(rb"\r\nconnection: close\r\n", said, re.I), said[:600]
    assert b'"status":"ok"' not in said
    assert shared.healthy()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 20_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n" * 500 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + HOST + (b"X: " + b"a" * 7000 + b"\r\n") * 20 + b"\r\n", 431),
        (POST + b"Content-Length: 999999999\r\n\r\n{}", 413),
        (POST + b"Content-Length: 3000000\r\n\r\n" + b" " * 3_000_000, 413),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n" + (b"100000\r\n" + b" " * 0x100000 + b"\r\n") * 4 + b"0\r\n\r\n", 413),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n", 413),
        (b"BREW /api/v1/soundbites HTTP/1.1\r\n" + HOST + b"\r\n", 501),
        (b"G" * 20_000, 414),
        (POST + b"Expect: a-miracle\r\nContent-Length: 2\r\n\r\n{}", 417),
        (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
        (POST + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", 415),
    ],
    ids=lambda value: value if isinstance(value, int) else "",
)
def test_what_is_too_large_or_unknown_is_told(shared, data, status):
    said = ask(shared, data)
    assert statuses(said) == [status], said[:300]
    assert b"application/problem+json" in said
    assert shared.healthy()


def test_pipelined_requests_are_answered_in_order(shared):
    with Wire(shared) as wire:
        wire.send(b"".join(b"GET /problems/none-%d HTTP/1.1\r\nX-Correlation-Id: n%d\r\n" % (n, n) + HOST + b"\r\n" for n in range(200)))
        answers = wire.read_answers(200)
    for n, answer in enumerate(answers):
        assert answer.startswith(b"HTTP/1.1 404 "), answer
        assert b'"correlationId":"n%d"' % n in answer


def test_pipelined_posts_in_any_pieces_each_make_one_job(serve):
    server = serve(workers=0)
    body = b'{"text":"Piece by piece."}'
    request = POST + b"Content-Length: %d\r\n\r\n" % len(body) + body
    chunked = POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(b"1\r\n" + body[i : i + 1] + b"\r\n" for i in range(len(body))) + b"0\r\n\r\n"
    data = (request + chunked) * 5
    dice = random.Random(7)
    with Wire(server) as wire:
        at = 0
        while at < len(data):
            size = dice.choice((1, 1, 2, 3, 7, 50, 400))
            wire.send(data[at : at + size])
            at += size
        answers = wire.read_answers(10)
    assert all(one.startswith(b"HTTP/1.1 202 ") for one in answers)
    assert len(server.client.get("/api/v1/soundbites").json()["items"]) == 10


def test_expect_100_continue_is_answered_before_the_body(serve):
    server = serve(workers=0)
    body = b'{"text":"May I?"}'
    with Wire(server) as wire:
        wire.send(POST + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
        assert wire.socket.recv(1000).startswith(b"HTTP/1.1 100 ")
        wire.send(body)
        assert wire.read_answers(1)[0].startswith(b"HTTP/1.1 202 ")


def test_slow_clients_are_cut_off_and_hinder_nobody(serve):
    server = serve(workers=0, extra=("--header-timeout", "1s", "--request-timeout", "2s", "--idle-timeout", "3s"))
    stop = threading.Event()
    drips = []

    def drip(wire: Wire, data: bytes) -> None:
        for at in range(len(data)):
            if stop.wait(0.1):
                return
            try:
                wire.socket.sendall(data[at : at + 1])
            except OSError:
                return

    heads = [Wire(server) for _ in range(20)]
    bodies = [Wire(server) for _ in range(20)]
    idle = [Wire(server) for _ in range(20)]
    try:
        for wire in heads:
            drips.append(threading.Thread(target=drip, args=(wire, b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 200)))
        for wire in bodies:
            wire.send(POST + b"Content-Length: 5000\r\n\r\n")
            drips.append(threading.Thread(target=drip, args=(wire, b" " * 5000)))
        for one in drips:
            one.start()
        while any(one.is_alive() for one in drips[:3]):  # others are served meanwhile
            assert server.healthy()
            time.sleep(0.05)
        for wire in heads + bodies:
            said = wire.read_to_end()
            assert statuses(said) in ([408], []), said[:300]
        for wire in idle:
            assert wire.read_to_end() == b"", "an idle connection is closed without a word"
    finally:
        stop.set()
        for one in drips:
            one.join()
        for wire in heads + bodies + idle:
            wire.close()
    assert server.healthy()


def test_a_client_that_never_reads_is_given_up(serve):
    server = serve(workers=1, extra=("--request-timeout", "1s"))
    record, content = server.speak("A long one, to fill every buffer on the way. " * 400, output={"sampleRate": 48000})
    assert len(content) > 20_000_000
    before = open_files(server.pid)
    wires = [Wire(server) for _ in range(10)]
    try:
        for wire in wires:
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            wire.send(b"GET " + record["links"]["audio"].encode() + b" HTTP/1.1\r\n" + HOST + b"\r\n")
        poll(lambda: open_files(server.pid) > before, what="they are being served")
        poll(lambda: open_files(server.pid) <= before, what="they are given up")
        assert server.healthy()
    finally:
        for wire in wires:
            wire.close()


def test_clients_that_vanish_leave_nothing_open(shared):
    record, _ = shared.speak("Vanishing. " * 300)
    shared.healthy()
    before = open_files(shared.pid)
    path = record["links"]["audio"].encode()
    for n in range(150):
        with Wire(shared) as wire:
            wire.send(
                [
                    b"",
                    b"GET",
                    POST + b"Content-Length: 500\r\n\r\n{",
                    b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"\r\n",
                    b"GET " + record["links"]["self"].encode() + b"?wait=30 HTTP/1.1\r\n" + HOST + b"\r\n",
                ][n % 5]
            )
            if n % 2:  # reset instead of an orderly end
                wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    poll(lambda: open_files(shared.pid) <= before, what="no file is left open")
    assert shared.healthy()


def test_clients_that_vanish_while_they_wait_leave_nothing_open(serve):
    server = serve(workers=0)
    job = server.submit("Nobody comes.")
    server.healthy()
    before = open_files(server.pid)
    wires = [Wire(server) for _ in range(50)]
    for wire in wires:
        wire.send(b"GET /api/v1/soundbites/" + job.encode() + b"?wait=2 HTTP/1.1\r\n" + HOST + b"\r\n")
    poll(lambda: open_files(server.pid) >= before + 50)
    for wire in wires:
        wire.close()
    poll(lambda: open_files(server.pid) <= before, what="no file is left open")
    assert server.healthy()


def test_more_connections_than_allowed_are_turned_away_and_places_come_free_again(serve):
    server = serve(workers=0, extra=("--max-connections", "20"))
    wires = [Wire(server) for _ in range(60)]
    try:
        for wire in wires[:5]:
            wire.send(SECOND)
            assert wire.read_answers(1)[0].startswith(b"HTTP/1.1 200 ")
    finally:
        for wire in wires:
            wire.close()
    poll(server.healthy, what="places are free again")


def test_garbage_of_every_kind_does_no_harm(shared):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    body = b'{"text":"Fuzz.","voiceId":"espeak:en-us"}'
    good = POST + b"Content-Length: %d\r\nRange: bytes=0-5\r\nIf-None-Match: \"a\"\r\n\r\n" % len(body) + body
    for _ in range(300):
        data = bytearray(dice.choice((good, SECOND, POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")))
        for _ in range(dice.randrange(1, 6)):
            at = dice.randrange(len(data) + 1)
            match dice.randrange(4):
                case 0:
                    data[at : at + dice.randrange(1, 20)] = b""
                case 1:
                    data[at:at] = bytes(dice.randrange(256) for _ in range(dice.randrange(1, 20)))
                case 2:
                    data[at:at] = dice.choice((b"\r\n", b"\r\n\r\n", b"\n", b":", b" ", b"0", b"%00", b"?wait=1&", b"chunked"))
                case 3:
                    data[at:at] = data[: dice.randrange(60)]
        said = ask(shared, bytes(data))
        assert all(100 <= code < 600 and code not in (500, 503, 504) for code in statuses(said)), (bytes(data), said)
    assert shared.healthy()
