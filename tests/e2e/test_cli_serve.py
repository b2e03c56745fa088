"""`soundbite serve` as an operator meets it: what stops the start, and how it ends."""

import signal
import socket
import subprocess
import time

import pytest
from serving import ESPEAK, clean_environment


def start(soundbite, *words):
    return subprocess.run(
        [str(soundbite), "serve", *map(str, words)], capture_output=True, text=True, timeout=60, env=clean_environment()
    )


def refused(result, code: int) -> str:
    assert result.returncode == code, result
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert lines and lines[-1].startswith("soundbite: "), result.stderr
    return lines[-1].removeprefix("soundbite: ")


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"])
def test_other_machines_are_not_served_without_authentication(soundbite, tmp_path, address):
    said = refused(start(soundbite, "--listen", address, "--data-dir", tmp_path / "data"), 2)
    assert said.startswith(f"refusing to listen on {address}") and "--listen 127.0.0.1:0" in said
    assert not (tmp_path / "data").exists()


def test_a_taken_port_is_one_line(soundbite, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused(start(soundbite, "--listen", f"127.0.0.1:{port}", "--data-dir", tmp_path / "data"), 1)
    assert f"127.0.0.1:{port}" in said and "--listen" in said


def test_a_folder_in_use_is_one_line(soundbite, serve):
    server = serve(workers=0)
    said = refused(start(soundbite, "--listen", "127.0.0.1:0", "--data-dir", server.data_dir), 1)
    assert str(server.data_dir) in said
    assert server.healthy()


def test_a_missing_media_program_is_one_line(soundbite, tmp_path):
    said = refused(start(soundbite, "--listen", "127.0.0.1:0", "--data-dir", tmp_path / "data", "--media-program", "/nowhere/media"), 1)
    assert "/nowhere/media" in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_with_success(serve, number):
    server = serve()
    server.speak("One.")
    server.process.send_signal(number)
    assert server.process.wait(30) == 0


def test_a_second_signal_ends_it_at_once(serve):
    server = serve(workers=1, extra=("--grace", "1h"))
    job = server.submit("One sentence after the other. " * 3000, voice=ESPEAK)
    server.await_processing(job)
    server.process.send_signal(signal.SIGTERM)
    while "stopping" not in server.log_tail():
        time.sleep(0.02)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(10) == -signal.SIGTERM


def test_port_zero_takes_a_free_one_and_ipv6_is_written_with_brackets(soundbite, tmp_path):
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    argv = [str(soundbite), "serve", "--listen", "[::1]:0", "--data-dir", str(tmp_path / "data"), "--workers", "0"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=clean_environment()) as process:
        line = process.stdout.readline()
        process.terminate()
    if line == "":
        pytest.skip("no IPv6 loopback here")
    assert line.startswith("listening on http://[::1]:") and process.returncode == 0
