#include "media/spool_room.h"

#include <unistd.h>

#include <cerrno>
#include <span>
#include <utility>

namespace soundbite::media {
namespace {

Result<void> write_at(int fd, std::span<const std::byte> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return std::unexpected(error_from_errno(n < 0 ? errno : ENOSPC, "keep the audio between two passes"));
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return {};
}

Result<void> read_at(int fd, std::span<std::byte> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t n = ::pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return std::unexpected(error_from_errno(n < 0 ? errno : EIO, "read the audio between two passes"));
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return {};
}

}  // namespace

Result<std::optional<SpoolRoom::Chunk>> SpoolRoom::keep(std::vector<float> samples, bool may_spill) {
  const std::uint64_t bytes = samples.size() * sizeof(float);
  Chunk chunk;
  chunk.count_ = samples.size();
  if (in_memory_ + bytes <= memory_ || (may_spill && fd_ < 0)) {
    in_memory_ += bytes;
    chunk.samples_ = std::move(samples);
    return chunk;
  }
  if (!may_spill) return std::nullopt;
  const auto place = free_.find(bytes);
  chunk.offset_ = place == free_.end() ? file_end_ : place->second;
  if (auto done = write_at(fd_, std::as_bytes(std::span(samples)), chunk.offset_); !done) {
    return std::unexpected(std::move(done.error()));
  }
  if (place == free_.end()) {
    file_end_ += bytes;
  } else {
    free_.erase(place);
  }
  return chunk;
}

Result<const float*> SpoolRoom::read(const Chunk& chunk, std::vector<float>& scratch) const {
  if (!chunk.samples_.empty()) return chunk.samples_.data();
  scratch.resize(chunk.count_);
  if (auto done = read_at(fd_, std::as_writable_bytes(std::span(scratch)), chunk.offset_); !done) {
    return std::unexpected(std::move(done.error()));
  }
  return scratch.data();
}

void SpoolRoom::give_back(const Chunk& chunk) {
  const std::uint64_t bytes = chunk.count_ * sizeof(float);
  if (chunk.samples_.empty()) {
    free_.emplace(bytes, chunk.offset_);
  } else {
    in_memory_ -= bytes;
  }
}

}  // namespace soundbite::media
