// An owned file descriptor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "base/error.h"

namespace soundbite {

class File {
 public:
  File() = default;
  explicit File(int fd) : fd_(fd) {}
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  File& operator=(File&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~File() { close(); }

  int fd() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void close();

  // All of `bytes`, or an error; EINTR is retried.
  Result<void> write_all(std::span<const std::byte> bytes) const;
  // Up to bytes.size() from `offset`; 0 at the end.
  Result<std::size_t> read_at(std::span<std::byte> bytes, std::uint64_t offset) const;
  Result<std::uint64_t> size() const;

 private:
  int fd_ = -1;
};

// The whole of a file, at most `limit` bytes. Errors: not_found, unavailable; invalid when larger.
Result<std::string> read_file(const std::string& path, std::size_t limit);

}  // namespace soundbite
