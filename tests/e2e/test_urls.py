"""Recordings that requests name by their URL: fetched from the public internet and nowhere else."""

import http.server
import socket
import threading

import pytest
from audio_file import read_wav
from recordings import tone, wav
from serving import Server

REQUEST = {"process": [], "output": {"format": "wav"}}


class Honeypot:
    """Listens on every address of this machine, and counts who comes."""

    def __init__(self):
        self.listener = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        self.port = self.listener.getsockname()[1]
        self.visitors = 0
        self.thread = threading.Thread(target=self._count, daemon=True)
        self.thread.start()

    def _count(self) -> None:
        while True:
            try:
                visitor, _ = self.listener.accept()
            except OSError:
                return
            self.visitors += 1
            visitor.close()

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(10)


class WebServer:
    """Serves files on 127.0.0.1; paths of `redirects` lead elsewhere."""

    def __init__(self, files: dict[str, bytes], redirects: dict[str, str] | None = None):
        redirects = redirects or {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                path = self.path.partition("?")[0]
                if path in redirects:
                    self.send_response(302)
                    self.send_header("Location", redirects[path])
                elif path in files:
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(files[path])))
                else:
                    self.send_response(404)
                self.end_headers()
                self.wfile.write(files.get(path, b""))

            def log_message(self, *_):
                pass

        self.redirects = redirects
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever, daemon=True)
        self.thread.start()

    def url(self, path: str) -> str:
        return f"http://{self.address}{path}"

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join(10)


@pytest.fixture(scope="module")
def honeypot():
    one = Honeypot()
    yield one
    one.close()


@pytest.fixture(scope="module")
def web():
    one = WebServer({"/a/My%20talk.wav": wav(tone(2)), "/text.wav": b"no recording at all" * 100})
    yield one
    one.close()


@pytest.fixture(scope="module")
def allowing(soundbite, tmp_path_factory, web):
    """A server that may fetch from `web`."""
    with Server(soundbite, tmp_path_factory.mktemp("urls") / "data", extra=("--url-allow", web.address)) as one:
        yield one


def submit(server, url: str):
    return server.client.post("/api/v1/soundbites", json={**REQUEST, "url": url})


def failure_of(server, url: str) -> dict:
    """The field error of a job whose URL gives nothing."""
    answer = submit(server, url)
    assert answer.status_code == 202, answer.text
    record = server.settle(answer.json()["id"])
    assert record["status"] == "failed", record
    (error,) = record["error"]["errors"]
    assert error["pointer"] == "/url"
    assert record["attempts"] == 1, "a URL that is refused is not tried again"
    return error


def test_a_recording_is_fetched_and_processed(allowing, web):
    answer = submit(allowing, web.url("/a/My%20talk.wav?token=secret"))
    assert answer.status_code == 202, answer.text
    record = allowing.settle(answer.json()["id"])
    assert record["status"] == "ready", record
    assert abs(read_wav(allowing.audio(record["id"]).content).seconds - 2) < 0.01
    assert record["source"]["type"] == "url"
    assert "secret" not in answer.text + str(record) + allowing.log_tail(1_000_000)


def test_a_redirect_is_followed(allowing, web):
    web.redirects["/moved"] = "/a/My%20talk.wav"
    record = allowing.settle(submit(allowing, web.url("/moved")).json()["id"])
    assert record["status"] == "ready", record


def test_what_is_fetched_is_judged_by_its_bytes(allowing, web):
    failure_of(allowing, web.url("/text.wav"))


def test_a_file_that_is_not_there_is_told(allowing, web):
    error = failure_of(allowing, web.url("/missing.wav"))
    assert error["code"] == "url_failed"
    assert "404" in error["detail"]


DISGUISES = [
    "127.0.0.1", "127.1", "127.0.0.2", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1", "0", "0.0.0.0", "localhost",
    "LOCALHOST", "%31%32%37.0.0.1", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]",
]  # fmt: skip
PRIVATE = ["10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "[fd00::1]", "[fe80::1]", "224.0.0.1", "255.255.255.255"]
METADATA = ["169.254.169.254", "2852039166", "0xa9fea9fe", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "168.63.129.16"]


@pytest.mark.parametrize("host", DISGUISES + PRIVATE + METADATA)
def test_an_address_that_is_not_public_is_never_connected_to(allowing, honeypot, host):
    error = failure_of(allowing, f"http://{host}:{honeypot.port}/latest/meta-data/")
    assert error["code"] == "url_refused"
    assert honeypot.visitors == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "localhost"])
def test_a_redirect_leads_to_no_such_address_either(allowing, web, honeypot, host):
    web.redirects["/trap"] = f"http://{host}:{honeypot.port}/"
    assert failure_of(allowing, web.url("/trap"))["code"] == "url_refused"
    assert honeypot.visitors == 0


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x", "http://127.0.0.1:22/"])
def test_a_redirect_leads_out_of_the_web_nowhere(allowing, web, location):
    web.redirects["/out"] = location
    assert failure_of(allowing, web.url("/out"))["code"] == "url_refused"


def test_an_allowed_address_is_allowed_on_its_port_alone(allowing, honeypot):
    assert failure_of(allowing, f"http://127.0.0.1:{honeypot.port}/")["code"] == "url_refused"
    assert honeypot.visitors == 0


def test_redirects_without_end_are_given_up(allowing, web):
    web.redirects["/round"] = "/round"
    assert failure_of(allowing, web.url("/round"))["code"] == "url_failed"


@pytest.mark.parametrize(
    "url",
    [
        "", "talk.wav", "file:///etc/passwd", "ftp://example.org/a.wav", "data:audio/wav;base64,AAAA", "http://", "http:///a.wav",
        "http://user:secret@example.org/a.wav", "http://example.org:22/", "http://example.org:99999/", "http://exa mple.org/",
        "http://example.org/\r\nX: y", "http://example.org\\@other.org/", "http://[fe80::1%25eth0]/",
    ],
)  # fmt: skip
def test_what_is_no_url_of_the_web_is_told_at_once(allowing, url):
    answer = submit(allowing, url)
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/url", "invalid_url")
    assert "secret" not in answer.text
