#include "media/byte_source.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

namespace soundbite::media {
namespace {

constexpr int buffer_size = 32 * 1'024;
constexpr std::size_t tag_header = 10;

// "ID3", a version that exists, and four bytes of size without their top bits.
bool is_tag(const std::uint8_t* at) {
  return at[0] == 'I' && at[1] == 'D' && at[2] == '3' && at[3] >= 2 && at[3] <= 4 && at[4] == 0 &&
         ((at[6] | at[7] | at[8] | at[9]) & 0x80) == 0;
}

}  // namespace

ByteSource::ByteSource(int fd) : fd_(fd) {
  struct stat status{};
  if (::fstat(fd_, &status) == 0) size_ = status.st_size;
  auto* buffer = static_cast<unsigned char*>(av_malloc(buffer_size));
  if (!buffer) throw std::bad_alloc();
  context_.reset(
      avio_alloc_context(buffer, buffer_size, 0, this, &ByteSource::read_packet, nullptr, &ByteSource::seek));
  if (!context_) {
    av_free(buffer);
    throw std::bad_alloc();
  }
}

double ByteSource::done() const {
  return size_ > 0 ? static_cast<double>(furthest_) / static_cast<double>(size_) : 1.0;
}

std::size_t ByteSource::read_at(std::span<std::uint8_t> bytes, std::uint64_t offset) {
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t n =
        ::pread(fd_, bytes.data() + have, bytes.size() - have, static_cast<off_t>(offset) + static_cast<off_t>(have));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) failure_ = errno;
    if (n <= 0) break;
    have += static_cast<std::size_t>(n);
  }
  return have;
}

int ByteSource::read_packet(void* self, std::uint8_t* bytes, int count) {
  ByteSource& source = *static_cast<ByteSource*>(self);
  if (source.budget_ == 0) {
    source.spent_ = true;
    return AVERROR_EXIT;
  }
  const std::size_t wanted = std::min<std::uint64_t>(static_cast<std::uint64_t>(count), source.budget_);
  const std::span<std::uint8_t> room(bytes, wanted);
  const std::size_t n = source.read_at(room, static_cast<std::uint64_t>(source.position_));
  if (n == 0) return source.failure_ ? AVERROR(source.failure_) : AVERROR_EOF;
  if (source.budget_ != UINT64_MAX) source.budget_ -= n;
  source.look_for_tags(room.first(n), source.position_);
  source.position_ += static_cast<std::int64_t>(n);
  source.furthest_ = std::max(source.furthest_, source.position_);
  return static_cast<int>(n);
}

std::int64_t ByteSource::seek(void* self, std::int64_t offset, int whence) {
  ByteSource& source = *static_cast<ByteSource*>(self);
  if (whence & AVSEEK_SIZE) return source.size_;
  switch (whence & ~AVSEEK_FORCE) {
    case SEEK_SET: break;
    case SEEK_CUR: offset += source.position_; break;
    case SEEK_END: offset += source.size_; break;
    default: return AVERROR(EINVAL);
  }
  if (offset < 0) return AVERROR(EINVAL);
  return source.position_ = offset;
}

void ByteSource::look_for_tags(std::span<const std::uint8_t> bytes, std::int64_t offset) {
  if (offset != furthest_) return;  // read before
  // The ten bytes of a header that lies across two reads are missed; Xing headers tell of joined files too.
  const std::uint8_t* at = bytes.data();
  const std::uint8_t* end = at + bytes.size();
  while (end - at > static_cast<std::ptrdiff_t>(tag_header)) {
    at = static_cast<const std::uint8_t*>(::memmem(at, static_cast<std::size_t>(end - at) - tag_header, "ID3", 3));
    if (!at) return;
    if (is_tag(at) && offset + (at - bytes.data()) > 0) ++inner_tags_;
    at += 3;
  }
}

}  // namespace soundbite::media
