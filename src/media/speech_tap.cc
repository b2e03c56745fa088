#include "media/speech_tap.h"

#include <sys/socket.h>

#include <cerrno>
#include <span>
#include <utility>

namespace soundbite::media {

Result<SpeechTap> SpeechTap::open(AudioFormat format, int socket) {
  auto resampler = Resampler::open(format, {tap_rate, 1}, ResampleQuality::fast);
  if (!resampler) return std::unexpected(std::move(resampler.error()));
  return SpeechTap(std::move(*resampler), socket);
}

Result<void> SpeechTap::push(const AudioBlock& block) {
  return resampler_.push(block, [this](const AudioBlock& mono) { return send(mono); });
}

Result<void> SpeechTap::finish() {
  if (auto done = resampler_.finish([this](const AudioBlock& mono) { return send(mono); }); !done) return done;
  ::shutdown(socket_, SHUT_WR);
  return {};
}

Result<void> SpeechTap::send(const AudioBlock& block) const {
  auto bytes = std::as_bytes(std::span(block.channels[0], block.frames));
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(ErrorCode::unavailable, "nobody listens for speech any more");
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace soundbite::media
