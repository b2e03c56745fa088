"""Where things are and how long to measure: the product under test, its peers, scratch space. Passed to every bench."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from measure import Library, Service, free_port

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build"
VOICE_ID = "en_US-joe-medium"


@dataclass
class Setting:
    programs: Path  # the folder of soundbite and the C++ benches
    runs: int = 5
    scale: float = 1.0  # of the lengths of the load runs; below 1 to try things out

    @property
    def scratch(self) -> Path:
        """On the same disk as everything else under build/."""
        folder = BUILD / "bench" / "scratch"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def fresh(self, name: str) -> Path:
        folder = self.scratch / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def log(self, name: str) -> Path:
        return self.scratch / f"{name}.log"

    # The product

    @property
    def soundbite(self) -> Path:
        return self.program("soundbite")

    def program(self, name: str) -> Path:
        for path in (self.programs / name, self.programs / "bench" / name):
            if path.exists():
                return path
        raise Missing(f"{self.programs / name} is not built")

    def serve(self, data: Path, *, workers: int, extra: tuple = ()) -> Service:
        argv = [self.soundbite, "serve", "--listen", "127.0.0.1:0", "--data-dir", data, "--workers", workers, *extra]
        return Service(argv, log=self.log("soundbite"))

    def speech_library(self, voice: str) -> Library:
        runtime = next((BUILD / "deps" / "onnxruntime" / "lib").glob("libonnxruntime.so.*.*"))
        return Library([self.program("speech_library"), self.voice.parent, runtime, voice])

    # The peers

    @property
    def voice(self) -> Path:
        return BUILD / "deps" / "voices" / f"{VOICE_ID}.onnx"

    @property
    def python(self) -> Path:
        return BUILD / "venv-bench" / "bin" / "python"

    def same_runtime(self) -> dict:
        """An environment in which Piper runs on the ONNX Runtime that SoundBite uses, not on the newest one."""
        return {**os.environ, "PYTHONPATH": str(BUILD / "bench-onnxruntime")}

    def runtime_version(self) -> str:
        return (
            next((BUILD / "bench-onnxruntime").glob("onnxruntime-*.dist-info")).name.split("-")[1].removesuffix(".dist")
        )

    def piper_library(self, env: dict | None = None) -> Library:
        return Library([self.python, HERE / "peers" / "piper_library.py", self.voice], env=env)

    def sherpa_library(self) -> Library:
        return Library([self.python, HERE / "peers" / "sherpa_library.py", self.voice, self.scratch / "sherpa"])

    def piper_command(self, text: str, output: Path) -> list:
        return [self.python, "-m", "piper", "-m", self.voice, "-f", output, "--", text]

    def piper_server(self) -> Service:
        port = free_port()
        argv = [self.python, "-m", "piper.http_server", "-m", self.voice, "--host", "127.0.0.1", "--port", port]
        return Service(argv, port=port, log=self.log("piper"))

    def fastify(self, database: Path) -> Service:
        if not (BUILD / "bench-fastify" / ".stamp").exists():
            raise Missing("the Fastify service is not installed")
        return Service(["node", BUILD / "bench-fastify" / "server.js", 0, database], log=self.log("fastify"))

    def nginx(self, folder: Path) -> Service:
        """One worker that serves the files of `folder`/www."""
        port = free_port()
        config = (
            (HERE / "peers" / "nginx.conf").read_text().replace("@FOLDER@", str(folder)).replace("@PORT@", str(port))
        )
        (folder / "nginx.conf").write_text(config)
        return Service(["nginx", "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"], port=port)


class Missing(Exception):
    """Something a bench needs is not there: the side is left out and the reason printed."""
