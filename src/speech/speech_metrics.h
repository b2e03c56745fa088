// What speech counts, by voice.
#pragma once

#include <string>

#include "base/metrics.h"

namespace soundbite {

// The counters of one voice; live as long as the registry. Thread-safe.
struct VoiceMetrics {
  prometheus::Counter& cpu_seconds;
  prometheus::Counter& audio_seconds;
  prometheus::Histogram& first_audio_seconds;
};

// Thread-safe.
class SpeechMetrics {
 public:
  explicit SpeechMetrics(prometheus::Registry& registry);

  VoiceMetrics of_voice(const std::string& id);
  prometheus::Counter& unknown_phonemes() { return unknown_phonemes_; }
  prometheus::Histogram& load_seconds() { return load_seconds_; }

 private:
  CounterFamily& cpu_;
  CounterFamily& audio_;
  HistogramFamily& first_audio_;
  prometheus::Counter& unknown_phonemes_;
  prometheus::Histogram& load_seconds_;
};

}  // namespace soundbite
