#include "media/sink.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <new>

namespace soundbite::media {
namespace {

constexpr int buffer_size = 32 * 1'024;
constexpr int waiting_interval_ms = 1'000;

Av<AVIOContext> make_context(void* self, int write_flag, int (*read)(void*, std::uint8_t*, int),
                             int (*write)(void*, std::uint8_t*, int), std::int64_t (*seek)(void*, std::int64_t, int)) {
  auto* buffer = static_cast<unsigned char*>(av_malloc(buffer_size));
  if (!buffer) return nullptr;
  Av<AVIOContext> context(avio_alloc_context(buffer, buffer_size, write_flag, self, read, write, seek));
  if (!context) av_free(buffer);
  return context;
}

}  // namespace

Sink::Sink(int fd, std::function<void()> on_waiting) : fd_(fd), on_waiting_(std::move(on_waiting)) {
  struct stat status{};
  const int flags = ::fcntl(fd_, F_GETFL);
  const bool regular = ::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode);
  const std::int64_t position = regular && flags >= 0 && !(flags & O_APPEND) ? ::lseek(fd_, 0, SEEK_CUR) : -1;
  seekable_ = position >= 0;
  readable_ = seekable_ && (flags & O_ACCMODE) == O_RDWR;
  base_ = std::max<std::int64_t>(position, 0);
  context_ = make_context(this, 1, nullptr, &Sink::write_packet, seekable_ ? &Sink::seek : nullptr);
  if (!context_) throw std::bad_alloc();
}

Av<AVIOContext> Sink::open_reader() {
  read_position_ = 0;
  return make_context(this, 0, &Sink::read_packet, nullptr, &Sink::seek_reader);
}

Result<void> Sink::finish() {
  avio_flush(context_.get());
  if (context_->error < 0) return std::unexpected(error_from_libav(context_->error, "write the audio"));
  if (seekable_ && ::lseek(fd_, base_ + size_, SEEK_SET) < 0) {
    return std::unexpected(error_from_errno(errno, "seek in the audio"));
  }
  return {};
}

int Sink::write_packet(void* self, std::uint8_t* bytes, int count) {
  Sink& sink = *static_cast<Sink*>(self);
  const auto size = static_cast<std::size_t>(count);
  const int error = sink.seekable_ ? sink.write_at(bytes, size) : sink.write_in_order(bytes, size);
  return error == 0 ? count : AVERROR(error);
}

int Sink::write_at(const std::uint8_t* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t n = ::pwrite(fd_, bytes, count, base_ + position_);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n < 0 ? errno : ENOSPC;
    bytes += n;
    count -= static_cast<std::size_t>(n);
    position_ += n;
    size_ = std::max(size_, position_);
  }
  return 0;
}

int Sink::write_in_order(const std::uint8_t* bytes, std::size_t count) {
  while (count > 0) {
    // A pipe that is ready takes PIPE_BUF bytes without blocking, so a slow reader is waited for here, where we can
    // say that we are alive.
    pollfd ready{.fd = fd_, .events = POLLOUT, .revents = 0};
    const int polled = ::poll(&ready, 1, waiting_interval_ms);
    if (polled < 0 && errno != EINTR) return errno;
    if (polled == 0) on_waiting_();
    if (polled <= 0) continue;
    const ssize_t n = ::write(fd_, bytes, std::min<std::size_t>(count, PIPE_BUF));
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) return errno;
    bytes += n;
    count -= static_cast<std::size_t>(n);
    size_ += n;
  }
  return 0;
}

std::int64_t Sink::target(std::int64_t from, std::int64_t offset, int whence) const {
  switch (whence & ~AVSEEK_FORCE) {
    case SEEK_SET: return offset;
    case SEEK_CUR: return from + offset;
    case SEEK_END: return size_ + offset;
    default: return -1;
  }
}

std::int64_t Sink::seek(void* self, std::int64_t offset, int whence) {
  Sink& sink = *static_cast<Sink*>(self);
  if (whence & AVSEEK_SIZE) return sink.size_;
  const std::int64_t to = sink.target(sink.position_, offset, whence);
  if (to < 0) return AVERROR(EINVAL);
  return sink.position_ = to;
}

int Sink::read_packet(void* self, std::uint8_t* bytes, int count) {
  Sink& sink = *static_cast<Sink*>(self);
  for (;;) {
    const ssize_t n = ::pread(sink.fd_, bytes, static_cast<std::size_t>(count), sink.base_ + sink.read_position_);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return AVERROR(errno);
    sink.read_position_ += n;
    return n == 0 ? AVERROR_EOF : static_cast<int>(n);
  }
}

std::int64_t Sink::seek_reader(void* self, std::int64_t offset, int whence) {
  Sink& sink = *static_cast<Sink*>(self);
  if (whence & AVSEEK_SIZE) return sink.size_;
  const std::int64_t to = sink.target(sink.read_position_, offset, whence);
  if (to < 0) return AVERROR(EINVAL);
  return sink.read_position_ = to;
}

}  // namespace soundbite::media
