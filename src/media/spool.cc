#include "media/spool.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <utility>
#include <vector>

#include "media/planar.h"

namespace soundbite::media {
namespace {

constexpr std::uint64_t max_memory = 64 << 20;
constexpr std::size_t chunk_frames = 16'384;  // in memory, and of each block that is played

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

// Chunks of planar samples, channel behind channel: the first of them in memory, the others in the file.
class Spool {
 public:
  Spool(SpoolRoom& room, std::size_t channels) : room_(room), channels_(channels), chunk_(channels * chunk_frames) {}
  ~Spool() { room_.in_memory_ -= bytes_in_memory(); }
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  // False when there is no room and `must` is not set.
  Result<bool> push(const AudioBlock& block, bool must) {
    for (std::size_t done = 0; done < block.frames;) {
      const std::size_t now = std::min(block.frames - done, chunk_frames - filled_);
      for (std::size_t c = 0; c < channels_; ++c) {
        std::copy_n(block.channels[c] + done, now, chunk_.data() + c * chunk_frames + filled_);
      }
      filled_ += now;
      done += now;
      frames_ += now;
      if (filled_ < chunk_frames) continue;
      auto stored = store(must);
      if (!stored || !*stored) return stored;
    }
    return true;
  }

  Result<void> play(const BlockSink& out, const std::function<void(double)>& on_played) const {
    std::vector<float> read;
    for (std::uint64_t done = 0, index = 0; done < frames_; ++index) {
      const std::size_t count = std::min<std::uint64_t>(chunk_frames, frames_ - done);
      auto chunk = at(index, read);
      if (!chunk) return std::unexpected(std::move(chunk.error()));
      std::array<const float*, max_planes> planes{};
      for (std::size_t c = 0; c < channels_; ++c) planes[c] = *chunk + c * chunk_frames;
      if (auto played = out({.channels = {planes.data(), channels_}, .frames = count}); !played) return played;
      done += count;
      on_played(static_cast<double>(done) / static_cast<double>(frames_));
    }
    return {};
  }

 private:
  std::uint64_t chunk_bytes() const { return channels_ * chunk_frames * sizeof(float); }
  std::uint64_t bytes_in_memory() const { return memory_.size() * chunk_bytes(); }

  Result<bool> store(bool must) {
    filled_ = 0;
    ++stored_;
    if (in_file_ == 0 && (room_.in_memory_ + chunk_bytes() <= max_memory || (must && room_.fd_ < 0))) {
      memory_.push_back(std::move(chunk_));
      room_.in_memory_ += chunk_bytes();
      chunk_ = std::vector<float>(channels_ * chunk_frames);
      return true;
    }
    if (room_.fd_ < 0) return false;
    if (in_file_ == 0) file_start_ = room_.file_end_;
    const auto bytes = std::as_bytes(std::span(chunk_));
    if (auto done = write_at(room_.fd_, bytes, file_start_ + in_file_ * chunk_bytes()); !done) {
      return std::unexpected(std::move(done.error()));
    }
    ++in_file_;
    room_.file_end_ = file_start_ + in_file_ * chunk_bytes();
    return true;
  }

  Result<const float*> at(std::uint64_t index, std::vector<float>& read) const {
    if (index == stored_) return chunk_.data();
    if (index < memory_.size()) return memory_[index].data();
    read.resize(channels_ * chunk_frames);
    const std::uint64_t offset = file_start_ + (index - memory_.size()) * chunk_bytes();
    if (auto done = read_at(room_.fd_, std::as_writable_bytes(std::span(read)), offset); !done) {
      return std::unexpected(std::move(done.error()));
    }
    return read.data();
  }

  SpoolRoom& room_;
  std::size_t channels_;
  std::vector<std::vector<float>> memory_;
  std::uint64_t in_file_ = 0;  // chunks
  std::uint64_t file_start_ = 0;
  std::vector<float> chunk_;  // the newest
  std::size_t filled_ = 0;
  std::uint64_t stored_ = 0;  // chunks
  std::uint64_t frames_ = 0;
};

Result<Playable> keep(const Playable& from, SpoolRoom& room, const BlockSink& heard,
                      std::function<void(double)> on_played) {
  auto spool = std::make_shared<Spool>(room, static_cast<std::size_t>(from.format.channels));
  auto done = from.play([&](const AudioBlock& block) -> Result<void> {
    if (spool) {
      auto kept = spool->push(block, !from.repeatable);
      if (!kept) return std::unexpected(std::move(kept.error()));
      if (!*kept) spool.reset();
    }
    return heard(block);
  });
  if (!done) return std::unexpected(std::move(done.error()));
  if (!spool) return from;
  return Playable{.format = from.format, .play = [spool, on_played = std::move(on_played)](const BlockSink& out) {
                    return spool->play(out, on_played);
                  }};
}

}  // namespace soundbite::media
