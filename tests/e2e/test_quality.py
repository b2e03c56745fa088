"""What can be heard, as far as numbers tell: loudness steady, pauses as asked, no clicks, no clipping. How well it is
understood is measured by `./dev bench quality`."""

import audio_file
import pytest
from audio_file import decibels, rms
from serving import JOE

SENTENCES = [
    "The baker put six warm loaves on the window sill.",
    "A thin layer of ice had formed along the river bank.",
    "She tied the boat to the post with a length of rope.",
    "The old map shows a well behind the stone barn.",
    "Two small birds built a nest above the kitchen door.",
    "He paid for the lamp with a handful of copper coins.",
    "The road bends left just after the second bridge.",
    "Bring the green chair in before the rain begins.",
    "Most of the crowd went home when the music stopped.",
    "A cup of strong tea is best on a cold morning.",
]
SILENCE_S = 0.6
QUIET = 10 ** (-50 / 20)  # of full scale: below it nothing is said
WINDOW_S = 0.01


@pytest.fixture(scope="module")
def spoken(shared):
    """Ten sentences by the default voice, with pauses that can be told from those within a sentence."""
    record, content = shared.speak(" ".join(SENTENCES), voice=JOE, sentenceSilence=SILENCE_S)
    return record, audio_file.read_wav(content)


def pauses(pcm: audio_file.Pcm, least_s: float) -> list[tuple[int, int]]:
    """Where it is quiet for at least that long, in samples; not at the very ends."""
    window = int(pcm.rate * WINDOW_S)
    quiet = [rms(pcm.samples[at : at + window]) < QUIET for at in range(0, len(pcm.samples), window)]
    found, since = [], None
    for place, is_quiet in enumerate([*quiet, False]):
        if is_quiet and since is None:
            since = place
        elif not is_quiet and since is not None:
            if (place - since) * WINDOW_S >= least_s and since > 0 and place < len(quiet):
                found.append((since * window, place * window))
            since = None
    return found


def sentences_of(pcm: audio_file.Pcm) -> list[list[float]]:
    edges = [0, *(edge for pause in pauses(pcm, SILENCE_S * 0.8) for edge in pause), len(pcm.samples)]
    return [pcm.samples[begin:end] for begin, end in zip(edges[::2], edges[1::2])]


def test_the_rate_is_the_voices_own(spoken):
    record, pcm = spoken
    assert pcm.rate == record["output"]["sampleRate"] == 22050 and pcm.channels == 1


def test_the_length_is_that_of_somebody_reading(spoken):
    _, pcm = spoken
    words = sum(len(one.split()) for one in SENTENCES)
    speaking = pcm.seconds - SILENCE_S * len(SENTENCES)
    assert 110 < words / speaking * 60 < 300, "words a minute"


def test_there_is_a_pause_between_sentences_and_it_is_as_long_as_asked(spoken):
    _, pcm = spoken
    found = [(end - begin) / pcm.rate for begin, end in pauses(pcm, SILENCE_S * 0.8)]
    assert len(found) == len(SENTENCES) - 1, found
    # The voice's own fading in and out comes on top.
    assert all(SILENCE_S - 0.05 < one < SILENCE_S + 0.5 for one in found), found


def test_loudness_is_steady_from_sentence_to_sentence(spoken):
    _, pcm = spoken
    levels = [decibels(rms([one for one in sentence if abs(one) > QUIET])) for sentence in sentences_of(pcm)]
    assert len(levels) == len(SENTENCES)
    assert max(levels) - min(levels) <= 3, levels
    assert -32 < sum(levels) / len(levels) < -10, levels


def test_nothing_clips(spoken):
    _, pcm = spoken
    peak = max(abs(one) for one in pcm.samples)
    assert 0.1 < peak < 0.999
    assert sum(abs(one) > 0.99 for one in pcm.samples) == 0


def test_what_is_made_too_loud_stops_below_full_scale_and_never_wraps_round(shared):
    _, content = shared.speak(SENTENCES[0], voice=JOE, volume=12)
    pcm = audio_file.read_wav(content)
    assert 0.85 < max(abs(one) for one in pcm.samples) < 0.9, "one decibel is left to encoders"
    # Four times the steps of speech; a sample that wrapped round would step by two.
    assert max(abs(b - a) for a, b in zip(pcm.samples, pcm.samples[1:])) < 1.6


def silences(pcm: audio_file.Pcm, least_s: float) -> list[tuple[int, int]]:
    """Runs of exact zeros, in samples: what was put between sentences."""
    found, since = [], None
    for place, one in enumerate([*pcm.samples, 1.0]):
        if one == 0 and since is None:
            since = place
        elif one != 0 and since is not None:
            if place - since >= least_s * pcm.rate:
                found.append((since, place))
            since = None
    return found


def test_there_is_no_click_where_sentences_join(spoken):
    _, pcm = spoken
    joins = silences(pcm, SILENCE_S * 0.8)
    assert len(joins) >= len(SENTENCES) - 1
    ends = [pcm.samples[begin - 1] for begin, _ in joins if begin > 0]
    starts = [pcm.samples[end] for _, end in joins if end < len(pcm.samples)]
    # Speech fades in and out; a step out of or into silence is heard.
    assert max(abs(one) for one in ends + starts) < 0.02
    assert abs(pcm.samples[0]) < 0.02 and abs(pcm.samples[-1]) < 0.02, "begins and ends at rest"


def test_there_is_no_click_where_the_chunks_of_a_long_sentence_join(shared):
    """A long sentence is decoded in chunks; it must sound as if made at once."""
    sentence = ", and then ".join(one.rstrip(".").lower() for one in SENTENCES[:4]).capitalize() + "."
    _, content = shared.speak(sentence, voice=JOE)
    pcm = audio_file.read_wav(content)
    assert pcm.seconds > 7
    jumps = [abs(b - a) for a, b in zip(pcm.samples, pcm.samples[1:])]
    ordered = sorted(jumps)
    assert ordered[-1] < 4 * ordered[len(ordered) * 999 // 1000], "no sample jumps as none beside it does"


@pytest.mark.parametrize("silence", [0, 0.25, 1.0])
def test_sentence_silence_is_as_long_as_asked(shared, silence):
    _, content = shared.speak("One is here. Two is there. Three is gone.", sentenceSilence=silence)
    pcm = audio_file.read_wav(content)
    inner = [(end - begin) / pcm.rate for begin, end in silences(pcm, 0.1) if begin > 0 and end < len(pcm.samples)]
    if silence:
        assert len([one for one in inner if one >= silence]) >= 2, inner
    # espeak-ng ends a sentence with a pause of its own.
    assert all(one < silence + 0.6 for one in inner), inner
