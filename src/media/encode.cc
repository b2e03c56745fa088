#include "media/encode.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "media/audio_writer.h"
#include "media/sink.h"

namespace soundbite::media {
namespace {

constexpr std::size_t block_samples = 4'096;

}  // namespace

Result<EncodeReport> encode(const EncodeJob& job, PcmSource source, int output_fd,
                            std::function<void(std::uint64_t frames)> on_progress) {
  if (job.input_rate < min_source_rate || job.input_rate > max_source_rate || !is_possible(job.plan)) {
    return fail(ErrorCode::invalid, "there is no such output");
  }
  std::uint64_t frames = 0;
  Sink sink(output_fd, [&] { on_progress(frames); });
  auto writer = AudioWriter::open({job.input_rate, 1}, {.plan = job.plan}, sink, {});
  if (!writer) return std::unexpected(std::move(writer.error()));
  std::vector<float> block(block_samples);
  for (;;) {
    const auto count = source(block);
    if (!count) return std::unexpected(count.error());
    if (*count == 0) break;
    const float* samples = block.data();
    if (auto done = writer->push({.channels = {&samples, 1}, .frames = *count}); !done) {
      return std::unexpected(done.error());
    }
    frames = writer->frames();
    on_progress(frames);
  }
  if (!writer->started()) return fail(ErrorCode::invalid, "there is no audio: not one sample came");
  if (auto done = writer->finish(); !done) return std::unexpected(done.error());
  if (auto done = sink.finish(); !done) return std::unexpected(done.error());
  return EncodeReport{writer->frames()};
}

void quieten_libav() { av_log_set_level(AV_LOG_QUIET); }

}  // namespace soundbite::media
