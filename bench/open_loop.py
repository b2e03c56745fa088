"""Requests at a fixed rate, whether or not the answers keep up; latency counts from when a request was due."""

import asyncio
import random
import time


class Connections:
    def __init__(self, port: int, count: int):
        self.port, self.count = port, count
        self.idle: asyncio.Queue = asyncio.Queue()

    async def __aenter__(self):
        for _ in range(self.count):
            self.idle.put_nowait(await asyncio.open_connection("127.0.0.1", self.port))
        return self

    async def __aexit__(self, *_):
        while not self.idle.empty():
            _, writer = self.idle.get_nowait()
            writer.close()

    async def call(self, request: bytes) -> int:
        """The answer's status."""
        reader, writer = await self.idle.get()
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            await reader.readexactly(length)
            return int(head[9:12])
        finally:
            self.idle.put_nowait((reader, writer))


def request(method: str, path: str, body: bytes = b"") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


async def _run(port: int, kinds: dict, per_second: float, seconds: float) -> dict[str, list[float]]:
    """`kinds`: name → (weight, function that makes a request)."""
    latencies: dict[str, list[float]] = {name: [] for name in kinds}
    choice = random.Random(7)
    names, weights = list(kinds), [weight for weight, _ in kinds.values()]

    async def one(connections: Connections, name: str, due: float) -> None:
        status = await connections.call(kinds[name][1]())
        latencies[name].append((time.perf_counter() - due) * 1000)
        if status >= 300:
            raise RuntimeError(f"{name}: {status}")

    async with Connections(port, 64) as connections:
        start = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for index in range(round(per_second * seconds)):
                due = start + index / per_second
                await asyncio.sleep(max(0, due - time.perf_counter()))
                group.create_task(one(connections, choice.choices(names, weights)[0], due))
    return latencies


def open_loop(port: int, kinds: dict, *, per_second: float, seconds: float) -> dict[str, list[float]]:
    """Latencies in ms by name."""
    return asyncio.run(_run(port, kinds, per_second, seconds))


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
