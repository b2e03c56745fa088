#include "media/pcm.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>

namespace soundbite::media {

Result<std::size_t> PcmReader::operator()(std::span<float> samples) {
  const auto bytes = std::as_writable_bytes(samples);
  std::memcpy(bytes.data(), rest_.data(), rest_size_);
  std::size_t have = rest_size_;
  while (have < sizeof(float)) {
    const ssize_t n = ::read(fd_, bytes.data() + have, bytes.size() - have);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::unexpected(error_from_errno(errno, "read the samples"));
    if (n == 0 && have > 0) return fail(ErrorCode::internal, "the samples end within one");
    if (n == 0) return 0;
    have += static_cast<std::size_t>(n);
  }
  const std::size_t count = have / sizeof(float);
  rest_size_ = have % sizeof(float);
  std::memcpy(rest_.data(), bytes.data() + count * sizeof(float), rest_size_);
  for (float& sample : samples.first(count)) sample = std::isnan(sample) ? 0.0F : std::clamp(sample, -1.0F, 1.0F);
  return count;
}

}  // namespace soundbite::media
