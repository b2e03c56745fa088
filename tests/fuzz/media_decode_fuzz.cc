// Whatever the bytes, a recording is decoded within its limits or refused with a reason that names the field.
#include <sys/mman.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "base/file.h"
#include "media/encode.h"
#include "media/recording.h"

namespace {

using namespace soundbite;

void check(const Error& error) {
  if (error.code == ErrorCode::invalid && !error.fields.empty() && error.fields[0].pointer == "/fileId") return;
  std::fprintf(stderr, "not a refusal of the file: %s\n", error.message.c_str());
  std::abort();
}

Result<void> look_at(const media::AudioBlock& block) {
  for (const float* channel : block.channels) {
    for (const float sample : std::span(channel, block.frames)) {
      if (!std::isfinite(sample)) std::abort();
    }
  }
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  media::quieten_libav();
  const File file(::memfd_create("recording", MFD_CLOEXEC));
  if (!file.write_all(std::as_bytes(std::span(data, size)))) std::abort();
  const MediaLimits limits{.max_seconds = 5, .max_tag_bytes = 10'000, .max_art_bytes = 10'000};
  auto recording = media::Recording::open(file.fd(), {"/fileId", "recording.mp3"}, limits);
  if (!recording) {
    check(recording.error());
    return 0;
  }
  for (;;) {
    const auto more = recording->next(look_at);
    if (!more) check(more.error());
    if (!more || !*more) break;
  }
  if (static_cast<double>(recording->frames()) > 6.0 * recording->format().sample_rate) std::abort();
  return 0;
}
