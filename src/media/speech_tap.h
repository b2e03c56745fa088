// The source as a speech detector hears it, streamed out while it is decoded.
#pragma once

#include "media/block.h"
#include "media/resampler.h"

namespace soundbite::media {

inline constexpr int tap_rate = 16'000;  // Hz

// For one thread. Native floats, mono, at tap_rate, into a socket that stays the caller's.
class SpeechTap {
 public:
  static Result<SpeechTap> open(AudioFormat format, int socket);

  // Errors: unavailable when the listener is gone.
  Result<void> push(const AudioBlock& block);
  // The rest, and the end of the stream.
  Result<void> finish();

 private:
  SpeechTap(Resampler resampler, int socket) : resampler_(std::move(resampler)), socket_(socket) {}
  Result<void> send(const AudioBlock& block) const;

  Resampler resampler_;
  int socket_;
};

}  // namespace soundbite::media
