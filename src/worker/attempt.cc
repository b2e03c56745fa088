#include "worker/attempt.h"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include "base/sha256.h"

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

Result<void> speak_into(Speech& speech, Encode& encode, AttemptControl& control, Made& made) {
  const auto start = std::chrono::steady_clock::now();
  bool first = true;
  while (true) {
    auto chunk = speech.next(control.stop.get_token());
    if (!chunk) return std::unexpected(chunk.error());
    if (!*chunk) return {};
    if (first) made.first_audio_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    first = false;
    if (auto written = encode.write((*chunk)->samples); !written) return written;
    control.progress = (*chunk)->progress;
  }
}

// A voice that is gone since the request was taken will not come back by trying again.
Error as_attempt_error(Error error) {
  if (error.code == ErrorCode::not_found) error.code = ErrorCode::invalid;
  return error;
}

}  // namespace

Result<Made> make_audio(const JobSpec& spec, const File& file, SpeechEngine& speech, MediaEngine& media,
                        AttemptControl& control) {
  yield_to_the_api();
  auto spoken = speech.start(spec.speech);
  if (!spoken) return std::unexpected(as_attempt_error(spoken.error()));
  const auto encode = media.start({.input_rate = (*spoken)->sample_rate(), .output = spec.output}, file);
  if (!encode) return std::unexpected(encode.error());
  // A stop must also end a write or a finish that blocks.
  const std::stop_callback on_stop(control.stop.get_token(), [&] { (*encode)->kill(); });

  Made made;
  if (auto done = speak_into(**spoken, **encode, control, made); !done) {
    (*encode)->kill();
    return std::unexpected(as_attempt_error(done.error()));
  }
  const auto report = (*encode)->finish();
  if (!report) return std::unexpected(report.error());
  made.output.format = spec.output.format;
  made.output.sample_rate = report->sample_rate;
  made.output.channels = report->channels;
  made.output.duration_s = report->duration_s;
  if (auto summed = add_digest(file, made.output); !summed) return std::unexpected(summed.error());
  if (control.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped");
  return made;
}

}  // namespace soundbite
