#include "media/operation/mix.h"

#include <cmath>
#include <utility>

#include "media/decibel.h"

namespace soundbite::media {
namespace {

constexpr float speech_level = 0.01F;     // −40 dBFS
constexpr double envelope_fall_s = 0.15;  // over gaps within words
constexpr double attack_s = 0.05;
constexpr double release_s = 0.4;

float step_of(double seconds, int sample_rate) {
  return static_cast<float>(1 - std::exp(-1 / (seconds * sample_rate)));
}

}  // namespace

Ducker::Ducker(int sample_rate, double ducking_db)
    : envelope_fall_(1 - step_of(envelope_fall_s, sample_rate)),
      floor_(static_cast<float>(from_db(-ducking_db))),
      attack_(step_of(attack_s, sample_rate)),
      release_(step_of(release_s, sample_rate)) {}

float Ducker::next(float level) {
  envelope_ = std::max(level, envelope_ * envelope_fall_);
  const float target = envelope_ > speech_level ? floor_ : 1.0F;
  gain_ += (target - gain_) * (target < gain_ ? attack_ : release_);
  return gain_;
}

Mix::Mix(AudioFormat format, RecipeRecording bed, const operation::Mix& mix)
    : format_(format),
      bed_(std::move(bed)),
      gain_(static_cast<float>(from_db(mix.gain_db))),
      waiting_(format.channels),
      mixed_(format.channels) {
  if (mix.ducking_db > 0) ducker_.emplace(format.sample_rate, mix.ducking_db);
}

Result<Mix> Mix::open(AudioFormat format, const RecipeFile& bed, const operation::Mix& mix) {
  auto recording = RecipeRecording::open(bed, format);
  if (!recording) return std::unexpected(std::move(recording.error()));
  return Mix(format, std::move(*recording), mix);
}

Result<void> Mix::push(const AudioBlock& block, const BlockSink& out) {
  if (auto done = fetch(block.frames); !done) return done;
  mixed_.clear();
  mixed_.append(block);
  const std::size_t count = std::min(block.frames, waiting_.frames());
  for (std::size_t i = 0; i < count; ++i) {
    float gain = gain_;
    if (ducker_) {
      float level = 0;
      for (const float* channel : block.channels) level = std::max(level, std::abs(channel[i]));
      gain *= ducker_->next(level);
    }
    for (std::size_t c = 0; c < mixed_.channels(); ++c) mixed_.channel(c)[i] += waiting_.channel(c)[i] * gain;
  }
  waiting_.drop(count);
  return out(mixed_.all());
}

Result<void> Mix::fetch(std::size_t frames) {
  while (bed_ && waiting_.frames() < frames) {
    auto more = bed_->next([&](const AudioBlock& block) -> Result<void> {
      waiting_.append(block);
      return {};
    });
    if (!more) return std::unexpected(std::move(more.error()));
    if (!*more) bed_.reset();
  }
  return {};
}

}  // namespace soundbite::media
