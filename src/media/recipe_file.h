// A file that an operation names.
#pragma once

#include "media/recording.h"

namespace soundbite::media {

struct RecipeFile {
  int fd = -1;  // the caller's
  MediaInput input;
  MediaLimits limits;
};

// Decodes such a file in a format that it need not have. For one thread.
class RecipeRecording {
 public:
  static Result<RecipeRecording> open(const RecipeFile& file, AudioFormat format) {
    auto recording = Recording::open(file.fd, file.input, file.limits);
    if (!recording) return std::unexpected(std::move(recording.error()));
    RecipeRecording opened(std::move(*recording));
    if (opened.recording_.format() == format) return opened;
    auto resampler = Resampler::open(opened.recording_.format(), format);
    if (!resampler) return std::unexpected(std::move(resampler.error()));
    opened.resampler_ = std::make_unique<Resampler>(std::move(*resampler));
    return opened;
  }

  // Hands on the next audio; false at the end.
  Result<bool> next(const BlockSink& out) {
    if (!resampler_) return recording_.next(out);
    auto more = recording_.next([&](const AudioBlock& block) { return resampler_->push(block, out); });
    if (!more || *more || std::exchange(ended_, true)) return more;
    if (auto done = resampler_->finish(out); !done) return std::unexpected(std::move(done.error()));
    return false;
  }

 private:
  explicit RecipeRecording(Recording recording) : recording_(std::move(recording)) {}

  Recording recording_;
  std::unique_ptr<Resampler> resampler_;
  bool ended_ = false;
};

}  // namespace soundbite::media
