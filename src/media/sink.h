// Where finished bytes go: a file descriptor behind libav's output interface. No name is ever opened.
#pragma once

#include <cstdint>
#include <functional>

#include "media/av.h"

namespace soundbite::media {

// For one thread.
class Sink {
 public:
  // `fd` stays the caller's. A regular file is written from its present position on and may be patched; anything else,
  // or a file opened to append, takes bytes in order only. `on_waiting` is called about once a second while a reader is
  // slow to take them.
  Sink(int fd, std::function<void()> on_waiting);
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  bool seekable() const { return seekable_; }
  // True when what was written can be read again (a regular file open for reading as well).
  bool readable() const { return readable_; }
  AVIOContext* context() const { return context_.get(); }
  // Bytes up to now, without those that still wait for more.
  std::uint64_t size() const { return static_cast<std::uint64_t>(size_); }

  // A reader of the same bytes with a position of its own; null when out of memory. Only while the sink lives.
  Av<AVIOContext> open_reader();

  // Everything is written: leaves the file's position behind the last byte, as a plain writer would.
  Result<void> finish();

 private:
  struct Reader;
  static int write_packet(void* self, std::uint8_t* bytes, int count);
  static std::int64_t seek(void* self, std::int64_t offset, int whence);
  static int read_packet(void* self, std::uint8_t* bytes, int count);
  static std::int64_t seek_reader(void* self, std::int64_t offset, int whence);
  std::int64_t target(std::int64_t from, std::int64_t offset, int whence) const;
  int write_at(const std::uint8_t* bytes, std::size_t count);
  int write_in_order(const std::uint8_t* bytes, std::size_t count);

  int fd_;
  std::function<void()> on_waiting_;
  bool seekable_ = false;
  bool readable_ = false;
  std::int64_t base_ = 0;  // where in the file our first byte is
  std::int64_t position_ = 0;
  std::int64_t size_ = 0;
  std::int64_t read_position_ = 0;
  Av<AVIOContext> context_;
};

}  // namespace soundbite::media
