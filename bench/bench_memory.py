"""Memory of a server with one voice and one run at a time: after 100 and 1,000 different sentences, then after one of
20 seconds. The tree of its processes, summed."""

import texts
from claim import Report, number
from http_client import Client
from measure import tree_peak_mb, tree_rss_mb
from setting import VOICE_ID, Missing

TITLE = "Memory of the server, one voice, one run at a time"
NOISE = 1.05  # what "the same" may mean


def run(setting) -> Report:
    report = Report(TITLE)
    few, many = max(5, round(100 * setting.scale)), max(20, round(1000 * setting.scale))
    try:
        server = setting.serve(setting.fresh("memory"), workers=1)
    except Missing as reason:
        report.missing.append(str(reason))
        return report
    with server:
        client = Client(server.port)
        spoken = _speak(client, range(few))
        after_few = report.add("SoundBite", f"resident after {few} sentences", "MB", [tree_rss_mb(server.process.pid)])
        spoken += _speak(client, range(few, many))
        after_many = report.add(
            "SoundBite", f"resident after {many} sentences", "MB", [tree_rss_mb(server.process.pid)]
        )
        peak = report.add("SoundBite", "highest resident", "MB", [tree_peak_mb(server.process.pid)])
        long = client.settle(client.submit(texts.LONG_SENTENCE, voiceId=VOICE_ID, output={"format": "wav"}))["output"][
            "durationSeconds"
        ]
        report.add("SoundBite", f"resident after a sentence of {long:.0f} s", "MB", [tree_rss_mb(server.process.pid)])
        peak_long = report.add("SoundBite", "highest resident then", "MB", [tree_peak_mb(server.process.pid)])
    report.notes.append(f"{many} sentences, {number(spoken, 's')} of audio")
    report.ratio(f"resident after {many} sentences, of that after {few}", after_many, after_few, NOISE)
    report.at_most(f"highest resident of {many} sentences", peak.median, 300, "MB")
    report.at_most(f"highest resident with a sentence of {long:.0f} s", peak_long.median, 350, "MB")
    return report


def _speak(client: Client, indices: range) -> float:
    """Seconds of audio."""
    jobs = [client.submit(texts.sentence(index), voiceId=VOICE_ID, output={"format": "wav"}) for index in indices]
    return sum(client.settle(job)["output"]["durationSeconds"] for job in jobs)
