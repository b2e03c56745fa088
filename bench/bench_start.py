"""From the start of `serve` to its ready line: on an empty folder, and on one that has been used."""

from claim import Report, column, interleave
from http_client import Client
from measure import tree_rss_mb
from setting import Missing

TITLE = "Start of the server"


def run(setting) -> Report:
    report = Report(TITLE)
    used = setting.fresh("start-used")
    try:
        with setting.serve(used, workers=2) as server:
            client = Client(server.port)
            for job in [client.submit(f"Order {one}.", voiceId="espeak:en-us") for one in range(100)]:
                client.settle(job)
    except Missing as reason:
        report.missing.append(str(reason))
        return report
    runs = interleave(
        {"empty folder": lambda: _start(setting, setting.fresh("start")), "used folder": lambda: _start(setting, used)},
        setting.runs * 3,
    )
    for name, rows in runs.items():
        report.at_most(
            f"ready, {name}", report.add(name, "to the ready line", "s", column(rows, "ready_s")).median, 0.3, "s"
        )
        report.add(name, "resident when ready", "MB", column(rows, "rss_mb"))
    return report


def _start(setting, folder) -> dict:
    with setting.serve(folder, workers=2) as server:
        return {"ready_s": server.ready_s, "rss_mb": tree_rss_mb(server.process.pid)}
