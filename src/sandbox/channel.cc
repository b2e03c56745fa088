#include "sandbox/channel.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "sandbox/wire.h"

namespace soundbite {
namespace {

constexpr std::size_t max_fds = wire::max_descriptors;
constexpr timeval send_timeout{.tv_sec = 5, .tv_usec = 0};

struct alignas(cmsghdr) ControlSpace {
  std::array<char, CMSG_SPACE(max_fds * sizeof(int))> bytes{};
};

}  // namespace

Result<ChannelPair> make_channel() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return std::unexpected(error_from_errno(errno, "socketpair"));
  }
  ChannelPair pair{File(ends[0]), File(ends[1])};
  if (::setsockopt(pair.ours.fd(), SOL_SOCKET, SO_SNDTIMEO, &send_timeout, sizeof send_timeout) != 0) {
    return std::unexpected(error_from_errno(errno, "setsockopt"));
  }
  return pair;
}

Result<void> send_message(const File& channel, std::span<const std::byte> message, std::span<const int> fds) {
  iovec part{.iov_base = const_cast<std::byte*>(message.data()), .iov_len = message.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  ControlSpace control;
  if (!fds.empty()) {
    header.msg_control = control.bytes.data();
    header.msg_controllen = CMSG_SPACE(fds.size_bytes());
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(fds.size_bytes());
    std::memcpy(CMSG_DATA(rights), fds.data(), fds.size_bytes());
  }
  while (::sendmsg(channel.fd(), &header, MSG_NOSIGNAL) < 0) {
    if (errno != EINTR) return std::unexpected(error_from_errno(errno, "sendmsg"));
  }
  return {};
}

Result<Received> receive_message(const File& channel, std::span<std::byte> buffer) {
  iovec part{.iov_base = buffer.data(), .iov_len = buffer.size()};
  msghdr header{};
  ControlSpace control;
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.bytes.data();
  header.msg_controllen = control.bytes.size();
  ssize_t size;
  while ((size = ::recvmsg(channel.fd(), &header, MSG_CMSG_CLOEXEC)) < 0) {
    if (errno == ECONNRESET) return Received{};  // the peer died with messages of ours unread
    if (errno != EINTR) return std::unexpected(error_from_errno(errno, "recvmsg"));
  }
  Received received{.size = static_cast<std::size_t>(size), .fds = {}};
  for (cmsghdr* rights = CMSG_FIRSTHDR(&header); rights; rights = CMSG_NXTHDR(&header, rights)) {
    if (rights->cmsg_level != SOL_SOCKET || rights->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (rights->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(rights) + i * sizeof fd, sizeof fd);
      received.fds.emplace_back(fd);
    }
  }
  if (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) return fail(ErrorCode::unavailable, "recvmsg: a message too long");
  return received;
}

}  // namespace soundbite
