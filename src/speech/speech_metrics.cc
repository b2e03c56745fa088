#include "speech/speech_metrics.h"

namespace soundbite {

SpeechMetrics::SpeechMetrics(prometheus::Registry& registry)
    : cpu_(counter_family(registry, "soundbite_synthesis_seconds_total", "CPU seconds spent on speech")),
      audio_(counter_family(registry, "soundbite_synthesis_audio_seconds_total", "Seconds of speech made")),
      first_audio_(histogram_family(registry, "soundbite_synthesis_first_audio_seconds",
                                    "From the start of a speech to its first samples")),
      unknown_phonemes_(counter_family(registry, "soundbite_synthesis_unknown_phonemes_total",
                                       "Phonemes left out because the voice does not know them")
                            .Add({})),
      load_seconds_(histogram_family(registry, "soundbite_voice_load_seconds", "Time to load a voice's model")
                        .Add({}, latency_buckets())) {}

VoiceMetrics SpeechMetrics::of_voice(const std::string& id) {
  return {cpu_.Add({{"voice", id}}), audio_.Add({{"voice", id}}), first_audio_.Add({{"voice", id}}, latency_buckets())};
}

}  // namespace soundbite
