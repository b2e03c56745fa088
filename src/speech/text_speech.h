// A whole text spoken by a SentenceVoice: sentence after sentence, joined, with volume and progress.
#pragma once

#include <memory>

#include "port/speech_engine.h"
#include "speech/sentence_voice.h"
#include "speech/speech_metrics.h"

namespace soundbite {

// `language` (BCP 47) rules where sentences end.
std::unique_ptr<Speech> make_text_speech(const SpeechRequest& request, const std::string& language,
                                         std::unique_ptr<SentenceVoice> voice, VoiceMetrics metrics);

}  // namespace soundbite
