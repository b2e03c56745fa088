// Bytes of a file descriptor behind libav's input interface. No name is ever opened.
#pragma once

#include <cstdint>
#include <span>

#include "media/av.h"

namespace soundbite::media {

// For one thread. Reads by position: the descriptor's own one is neither used nor moved.
class ByteSource {
 public:
  explicit ByteSource(int fd);
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  AVIOContext* context() const { return context_.get(); }
  std::uint64_t size() const { return static_cast<std::uint64_t>(size_); }
  // The part of the file that was read up to now, 0–1.
  double done() const;

  // From now on no more than `bytes` are read in all: past that the file seems to fail, and spent() is true. For
  // headers, whose cost nobody else bounds.
  void set_budget(std::uint64_t bytes) { budget_ = bytes; }
  void lift_budget() { budget_ = UINT64_MAX; }
  bool spent() const { return spent_; }

  // ID3v2 tags behind the first bytes: where another file was put behind this one. Known for what was read in order.
  std::uint64_t inner_tags() const { return inner_tags_; }
  // An error of the file itself, 0 when there was none: what libav forgets about it.
  int failure() const { return failure_; }

  // As much of `bytes` as there is at `offset`.
  std::size_t read_at(std::span<std::uint8_t> bytes, std::uint64_t offset);

 private:
  static int read_packet(void* self, std::uint8_t* bytes, int count);
  static std::int64_t seek(void* self, std::int64_t offset, int whence);
  void look_for_tags(std::span<const std::uint8_t> bytes, std::int64_t offset);

  int fd_;
  std::int64_t size_ = 0;
  std::int64_t position_ = 0;
  std::int64_t furthest_ = 0;
  std::uint64_t budget_ = UINT64_MAX;
  bool spent_ = false;
  std::uint64_t inner_tags_ = 0;
  int failure_ = 0;
  Av<AVIOContext> context_;
};

}  // namespace soundbite::media
