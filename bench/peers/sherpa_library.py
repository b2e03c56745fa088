"""sherpa-onnx with its own defaults (one thread): loads a voice once, then speaks each {"text"} line of standard input.

    sherpa_library.py VOICE.onnx FOLDER

sherpa-onnx reads the symbol table and a few facts that Piper keeps in VOICE.onnx.json from a text file and from the
model's own metadata: both are made in FOLDER. Since version 2 it leaves phonemes to the caller: Piper's phonemizer
makes them here, and its time is counted.
"""

import json
import sys
import time
from pathlib import Path

import sherpa_onnx
from piper.phonemize_espeak import EspeakPhonemizer


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def prepared_model(source: Path, folder: Path) -> tuple[Path, Path]:
    config = json.loads(Path(f"{source}.json").read_text())
    folder.mkdir(parents=True, exist_ok=True)
    tokens = folder / "tokens.txt"
    tokens.write_text("".join(f"{symbol} {ids[0]}\n" for symbol, ids in config["phoneme_id_map"].items()))
    facts = {
        "model_type": "vits",
        "comment": "piper",
        "language": "English",
        "voice": config["espeak"]["voice"],
        "has_espeak": "1",
        "n_speakers": str(config["num_speakers"]),
        "sample_rate": str(config["audio"]["sample_rate"]),
    }
    # Protobuf joins repeated fields wherever they stand: ModelProto.metadata_props (14) may simply be appended.
    metadata = b"".join(field(14, field(1, key.encode()) + field(2, value.encode())) for key, value in facts.items())
    model = folder / source.name
    model.write_bytes(source.read_bytes() + metadata)
    return model, tokens


source = Path(sys.argv[1])
model, tokens = prepared_model(source, Path(sys.argv[2]))
vits = sherpa_onnx.OfflineTtsVitsModelConfig(model=str(model), tokens=str(tokens))
engine = sherpa_onnx.OfflineTts(sherpa_onnx.OfflineTtsConfig(model=sherpa_onnx.OfflineTtsModelConfig(vits=vits)))
espeak_voice = json.loads(Path(f"{source}.json").read_text())["espeak"]["voice"]
phonemizer = EspeakPhonemizer()


def speak(text: str):
    options = sherpa_onnx.GenerationConfig()
    options.silence_scale = 1  # its default shortens pauses after the fact: fewer seconds for the same work
    sentences = phonemizer.phonemize(espeak_voice, text)
    options.phoneme_codepoints = [[ord(symbol) for symbol in sentence] for sentence in sentences]
    return engine.generate(text, options)


speak("Ready.")

for line in sys.stdin:
    text = json.loads(line)["text"]
    cpu, wall = time.process_time(), time.perf_counter()
    audio = speak(text)
    answer = {
        "audio_s": len(audio.samples) / audio.sample_rate,
        "cpu_s": time.process_time() - cpu,
        "wall_s": time.perf_counter() - wall,
    }
    print(json.dumps(answer), flush=True)
