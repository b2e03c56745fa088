#include "worker/attempt.h"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include "base/sha256.h"
#include "worker/recording.h"
#include "worker/speaking.h"

namespace soundbite {

namespace {

// The API keeps its answers quick while every core synthesises.
void yield_to_the_api() { ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 10); }

Result<void> add_digest(const File& file, Output& output) {
  Sha256 hash;
  std::array<std::byte, 65'536> block;
  std::uint64_t at = 0;
  while (true) {
    const auto n = file.read_at(block, at);
    if (!n) return std::unexpected(n.error());
    if (*n == 0) break;
    hash.add(std::span(block).first(*n));
    at += *n;
  }
  output.bytes = at;
  output.sha256 = to_hex(hash.finish());
  return {};
}

}  // namespace

Result<AttemptResult> make_audio(const JobSpec& spec, const Materials& materials, const MediaLimits& limits,
                                 Engines engines, AttemptControl& control) {
  yield_to_the_api();
  auto made = is_plain_speech(spec) ? make_speech(spec, materials.audio.file, engines, control)
                                    : make_recording(spec, materials, limits, engines, control);
  if (!made) return made;
  made->output.format = spec.output.format;
  if (auto summed = add_digest(materials.audio.file, made->output); !summed) return std::unexpected(summed.error());
  if (control.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped");
  return made;
}

}  // namespace soundbite
