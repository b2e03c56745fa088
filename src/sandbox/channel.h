// Messages with descriptors over a SOCK_SEQPACKET socket: each arrives whole or not at all.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/file.h"

namespace soundbite {

struct ChannelPair {
  File ours;
  File theirs;
};

// Both ends close on exec. Errors: unavailable.
Result<ChannelPair> make_channel();

// Sends `message` and duplicates of `fds`. Blocks while the peer is slow, no longer than the socket's send timeout.
// Never raises SIGPIPE. Errors: unavailable.
Result<void> send_message(const File& channel, std::span<const std::byte> message, std::span<const int> fds = {});

struct Received {
  std::size_t size = 0;  // 0: the peer is gone
  std::vector<File> fds;
};

// One message into `buffer`; a longer one, or one with more descriptors than a request has, is an error. Blocks.
// Errors: unavailable.
Result<Received> receive_message(const File& channel, std::span<std::byte> buffer);

}  // namespace soundbite
