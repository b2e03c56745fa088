// Packets to a container, as far as the sink lets it: patched headers in a file, a stream in a pipe.
#pragma once

#include <optional>

#include "job/output_plan.h"
#include "media/av.h"
#include "media/sink.h"
#include "media/tags.h"

namespace soundbite::media {

// For one thread.
class Muxer {
 public:
  // Writes the header, with those attachments that the container carries (carriage.h). `sink` outlives the muxer.
  // Errors: storage_full and other errors of writing; internal.
  static Result<Muxer> open(const OutputPlan& plan, const AVCodecContext& encoder, Sink& sink,
                            const Attachments& attachments);

  // The audio ends after `frames`; call it before the packet that holds its end comes.
  void set_length(std::uint64_t frames) { length_ = static_cast<std::int64_t>(frames); }
  Result<void> write(AVPacket& packet);
  // Writes what is still held and the sizes that are known only now.
  Result<void> finish();

 private:
  Muxer() = default;
  Result<void> attach(const Attachments& attachments);
  Result<void> write_covers(const Attachments& attachments);
  Result<void> check(int status, std::string_view what) const;
  Result<void> correct_padding(AVPacket& packet);

  Av<AVFormatContext> context_;
  AVRational time_base_{};  // of the packets that come in
  Format format_ = Format::mp3;
  std::optional<std::int64_t> length_;
  std::int64_t encoded_ = 0;  // samples that the packets so far decode to (mp3)
};

}  // namespace soundbite::media
