#include "media/analysis/fingerprint.h"

#include <chromaprint.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string_view>

namespace soundbite::media {

void Fingerprint::Free::operator()(ChromaprintContextPrivate* context) const { chromaprint_free(context); }

Fingerprint::Fingerprint(AudioFormat format)
    : context_(chromaprint_new(CHROMAPRINT_ALGORITHM_DEFAULT)),
      channels_(static_cast<std::size_t>(format.channels)),
      left_(std::size_t{120} * static_cast<std::size_t>(format.sample_rate)) {
  if (!context_ || chromaprint_start(context_.get(), format.sample_rate, format.channels) == 0) {
    throw std::runtime_error("Chromaprint does not start");
  }
}

void Fingerprint::push(const AudioBlock& block) {
  const std::size_t frames = std::min(left_, block.frames);
  if (frames == 0) return;
  left_ -= frames;
  interleaved_.resize(frames * channels_);
  for (std::size_t c = 0; c < channels_; ++c) {
    for (std::size_t i = 0; i < frames; ++i) {
      const float scaled = std::clamp(block.channels[c][i] * 32'767.0F, -32'768.0F, 32'767.0F);
      interleaved_[i * channels_ + c] = static_cast<std::int16_t>(scaled);
    }
  }
  if (chromaprint_feed(context_.get(), interleaved_.data(), static_cast<int>(interleaved_.size())) == 0) {
    throw std::runtime_error("Chromaprint takes no samples");
  }
}

std::optional<std::string> Fingerprint::finish() {
  int items = 0;
  char* text = nullptr;
  if (chromaprint_finish(context_.get()) == 0 || chromaprint_get_raw_fingerprint_size(context_.get(), &items) == 0 ||
      items == 0 || chromaprint_get_fingerprint(context_.get(), &text) == 0) {
    return {};
  }
  std::string result(text);
  chromaprint_dealloc(text);
  return result;
}

}  // namespace soundbite::media
