// espeak-ng as a SentenceVoice.
#pragma once

#include <memory>
#include <string>

#include "speech/espeak/espeak.h"
#include "speech/sentence_voice.h"

namespace soundbite {

// `code` is one of espeak->voices(); `speed` 0.25–4.
std::unique_ptr<SentenceVoice> make_espeak_sentence_voice(std::shared_ptr<Espeak> espeak, std::string code,
                                                          double speed);

}  // namespace soundbite
