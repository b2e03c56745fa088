"""The piper-tts library with its own defaults: loads a voice once, then speaks each {"text"} line of standard input."""

import json
import sys
import time

import onnxruntime
from piper import PiperVoice

voice = PiperVoice.load(sys.argv[1])
for _ in voice.synthesize("Ready."):
    pass

for line in sys.stdin:
    text = json.loads(line)["text"]
    cpu, wall = time.process_time(), time.perf_counter()
    samples, first = 0, None
    for chunk in voice.synthesize(text):
        first = first or time.perf_counter() - wall
        samples += len(chunk.audio_int16_bytes) // 2
    answer = {
        "audio_s": samples / voice.config.sample_rate,
        "cpu_s": time.process_time() - cpu,
        "wall_s": time.perf_counter() - wall,
        "first_s": first,
        "runtime": onnxruntime.__version__,
    }
    print(json.dumps(answer), flush=True)
