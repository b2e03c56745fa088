// What is said between the three processes: the server (or a command), the zygote that it started from soundbite-media,
// and the children that the zygote forks, one for each encode. All run on one machine and are built together, so the
// messages are plain structs; still, everything a child says is checked, since a child may be anything once it has
// parsed hostile bytes.
//
//   server → zygote   Request over a SOCK_SEQPACKET socket, with the child's descriptors (SCM_RIGHTS)
//   zygote → server   Notice over the same socket
//   server → child    samples (native floats, mono) over a stream socket; closed for writing: no more come
//   child  → server   Status over a pipe; the last one is done or error
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

namespace soundbite::wire {

// Where the zygote finds its end of the socket.
inline constexpr int channel_fd = 3;
inline constexpr std::uint32_t magic = 0x53424D31;  // "SBM1"

enum class RequestKind : std::uint32_t {
  encode = 1,  // fork a child for `job`; carries three descriptors: samples (read), output, status (write)
  kill = 2,    // end the child of `job`, if it still runs
};

struct Request {
  std::uint32_t magic = wire::magic;
  RequestKind kind = RequestKind::encode;
  std::uint64_t job = 0;  // never used twice
  std::int32_t input_rate = 0;
  std::uint32_t format = 0;
  std::int32_t sample_rate = 0;
  std::int32_t channels = 0;
  std::int32_t bitrate = 0;
  std::uint32_t unused = 0;
};
inline constexpr std::size_t encode_descriptors = 3;

enum class NoticeKind : std::uint32_t {
  ready = 1,        // children can be forked
  exited = 2,       // the child of `job` is gone; `status` as waitpid has it
  not_started = 3,  // there is no child for `job`; `status` is an errno
};

struct Notice {
  std::uint32_t magic = wire::magic;
  NoticeKind kind = NoticeKind::ready;
  std::uint64_t job = 0;
  std::int32_t status = 0;
  std::uint32_t unused = 0;
};

enum class StatusKind : std::uint32_t {
  progress = 1,  // alive; `frames` made up to now
  done = 2,      // the output is complete, with `frames`
  error = 3,     // `error` (an ErrorCode) and `message`
};

// Smaller than PIPE_BUF, so that a pipe takes it whole or not at all.
struct Status {
  std::uint32_t magic = wire::magic;
  StatusKind kind = StatusKind::progress;
  std::uint64_t frames = 0;
  std::uint32_t error = 0;
  std::uint32_t message_size = 0;
  std::array<char, 232> message{};
};

// How a child leaves; anything else is a crash. Not 1 and not 66: those are a sanitizer's.
inline constexpr int exit_done = 0;
inline constexpr int exit_error = 3;

static_assert(sizeof(Request) == 40 && std::is_trivially_copyable_v<Request>);
static_assert(sizeof(Notice) == 24 && std::is_trivially_copyable_v<Notice>);
static_assert(sizeof(Status) == 256 && std::is_trivially_copyable_v<Status>);

}  // namespace soundbite::wire
