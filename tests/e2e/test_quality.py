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


def test_loud_does_not_clip_into_noise(shared):
    _, content = shared.speak(SENTENCES[0], voice=JOE, volume=24)
    pcm = audio_file.read_wav(content)
    full = sum(abs(one) >= 0.9999 for one in pcm.samples)
    assert full < len(pcm.samples) / 100, "a limiter, not a saw"


def test_there_is_no_click_where_sentences_join(spoken):
    _, pcm = spoken
    for begin, end in [*pauses(pcm, SILENCE_S * 0.8), (0, 0), (len(pcm.samples), len(pcm.samples))]:
        for edge in (begin, end):
            # Within 5 ms: farther off a sentence may well begin with a plosive.
            around = pcm.samples[max(0, edge - 110) : edge + 110]
            jump = max((abs(b - a) for a, b in zip(around, around[1:])), default=0)
            assert jump < 0.06, f"jump of {jump:.3f} at {edge / pcm.rate:.3f} s"
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
def test_sentence_silence_is_to_the_sample(shared, silence):
    """espeak-ng's length flutters by a few milliseconds; what lies between two sentences is exact zeros."""
    _, content = shared.speak("One. Two. Three.", sentenceSilence=silence)
    pcm = audio_file.read_wav(content)
    zeros, run = [], 0
    for one in [*pcm.samples, 1.0]:
        if one == 0:
            run += 1
        else:
            zeros.append(run)
            run = 0
    long_runs = [one for one in zeros if one >= silence * pcm.rate and one > 0.2 * pcm.rate]
    if silence:
        assert len(long_runs) >= 2
        assert all(one / pcm.rate < silence + 0.6 for one in long_runs), [one / pcm.rate for one in long_runs]
