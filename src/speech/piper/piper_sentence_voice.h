// A Piper model as a SentenceVoice.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/metrics.h"
#include "speech/engine.h"
#include "speech/espeak/espeak.h"
#include "speech/piper/piper_config.h"
#include "speech/piper/run_gate.h"
#include "speech/piper/vits_model.h"
#include "speech/sentence_voice.h"

namespace soundbite {

struct PiperSpeaker {
  std::shared_ptr<const VitsModel> model;
  std::shared_ptr<const PiperConfig> config;
  std::int64_t speaker = 0;
  double speed = 1;  // 0.25–4
};

// `gate` bounds the runs of all voices; it and the counter must outlive the voice.
std::unique_ptr<SentenceVoice> make_piper_sentence_voice(PiperSpeaker speaker, std::shared_ptr<Espeak> espeak,
                                                         RunGate& gate, FirstAudio first_audio,
                                                         prometheus::Counter& unknown_phonemes);

// Where the decoder's chunks of `frames` frames end. The first utterance of a text starts with small ones, so that it
// is heard soon; the others need not, and every chunk costs its margins.
std::vector<std::int64_t> plan_chunks(std::int64_t frames, bool start_small);

}  // namespace soundbite
