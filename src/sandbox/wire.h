// What is said between the three processes: the server (or a command), the zygote that it started from soundbite-media,
// and the children that the zygote forks, one for each task. All run on one machine and are built together, so the
// messages are plain structs; still, everything a child says is checked, since a child may be anything once it has
// parsed hostile bytes.
//
//   server → zygote   Request over a SOCK_SEQPACKET socket, with the child's descriptors (SCM_RIGHTS)
//   zygote → server   Notice over the same socket
//   server → child    a MediaTask as JSON in a sealed memfd; samples (native floats, mono) over a stream socket, closed
//                     for writing when no more come
//   child  → server   Status over a pipe, the last one is done or error; speech (native floats, mono) over a stream
//                     socket; what became of a MediaTask as JSON in a memfd that cannot grow
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

namespace soundbite::wire {

// Where the zygote finds its end of the socket.
inline constexpr int channel_fd = 3;
inline constexpr std::uint32_t magic = 0x53424D32;  // "SBM2"

enum class RequestKind : std::uint32_t {
  begin = 1,  // always the first: enter the sandbox without `layers`
  encode,     // fork a child for `job`; descriptors: status, samples, output
  process,  // fork a child for `job`; descriptors: status, task, report, one for each of `roles` in their order, inputs
  kill,     // end the child of `job`, if it still runs
};

// Descriptors that a process may have.
enum class Role : std::uint32_t { pcm, audio, waveform, waveform_png, spectrogram_png, speech, spool };
inline constexpr std::uint32_t role_count = static_cast<std::uint32_t>(Role::spool) + 1;
constexpr std::uint32_t bit(Role role) { return 1U << static_cast<std::uint32_t>(role); }

struct Request {
  std::uint32_t magic = wire::magic;
  RequestKind kind = RequestKind::encode;
  std::uint64_t job = 0;     // never used twice
  std::uint32_t layers = 0;  // a LayerSet; begin: withheld; encode and process: without these the child does nothing
  std::uint32_t cpu_seconds = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t memory_bytes = 0;
  // Of an encode.
  std::int32_t input_rate = 0;
  std::uint32_t format = 0;
  std::int32_t sample_rate = 0;
  std::int32_t channels = 0;
  std::int32_t bitrate = 0;
  // Of a process.
  std::uint32_t roles = 0;
};

inline constexpr std::size_t encode_descriptors = 3;
inline constexpr std::size_t process_descriptors = 3;  // and roles, and inputs
inline constexpr std::size_t max_descriptors = 253;    // the kernel's own bound for one message
inline constexpr std::size_t max_inputs = max_descriptors - process_descriptors - role_count;
inline constexpr std::size_t max_report_bytes = std::size_t{16} << 20;

enum class NoticeKind : std::uint32_t {
  ready = 1,    // children can be forked; `status` is the LayerSet that holds them
  exited,       // the child of `job` is gone; `status` as waitpid has it
  not_started,  // there is no child for `job`; `status` is an errno
};

struct Notice {
  std::uint32_t magic = wire::magic;
  NoticeKind kind = NoticeKind::ready;
  std::uint64_t job = 0;
  std::int32_t status = 0;
  std::uint32_t unused = 0;
};

enum class StatusKind : std::uint32_t {
  confined = 1,  // the first word; `value` is the LayerSet that holds it
  progress,      // alive; `value`: frames made (encode), or millionths of the whole (process)
  done,          // nothing more comes; `value`: frames made (encode), or bytes of the report (process)
  error,         // of an encode; `error` (an ErrorCode) and `message`
};

// Smaller than PIPE_BUF, so that a pipe takes it whole or not at all.
struct Status {
  std::uint32_t magic = wire::magic;
  StatusKind kind = StatusKind::progress;
  std::uint64_t value = 0;
  std::uint32_t error = 0;
  std::uint32_t message_size = 0;
  std::array<char, 232> message{};
};

// How a child leaves; anything else is a crash. Not 1 and not 66: those are a sanitizer's.
inline constexpr int exit_done = 0;
inline constexpr int exit_error = 3;
inline constexpr int exit_cpu_limit = 4;
inline constexpr int exit_file_limit = 5;
inline constexpr int exit_memory_limit = 6;
inline constexpr int exit_unconfined = 7;  // it is held by less than was asked, so it did nothing

static_assert(sizeof(Request) == 64 && std::is_trivially_copyable_v<Request>);
static_assert(sizeof(Notice) == 24 && std::is_trivially_copyable_v<Notice>);
static_assert(sizeof(Status) == 256 && std::is_trivially_copyable_v<Status>);

}  // namespace soundbite::wire
