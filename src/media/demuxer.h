// A file's container: which it is, which stream of it is decoded, and that stream's packets.
#pragma once

#include <memory>
#include <optional>

#include "job/media_task.h"
#include "job/media_type.h"
#include "media/av.h"
#include "media/byte_source.h"
#include "media/tags.h"

namespace soundbite::media {

// For one thread.
class Demuxer {
 public:
  // By the first bytes alone, with the one demuxer they call for. `fd` stays the caller's.
  // Errors: invalid at `input.pointer` (unsupported_media, undecodable, no_audio, limit_exceeded, too_long);
  // unavailable; internal.
  static Result<Demuxer> open(int fd, const MediaInput& input, const MediaLimits& limits);

  Container container() const { return container_; }
  const AVStream& stream() const { return *context_->streams[stream_]; }
  ByteSource& bytes() const { return *bytes_; }
  Attachments take_attachments() { return std::move(attachments_); }

  // What the container states of its length, never an estimate.
  std::optional<double> declared_s() const;

  // False at the end, also where the file breaks off: then `broken` is set. Errors: invalid where the file tells of a
  // packet that no memory would hold; those of reading.
  Result<bool> read(AVPacket& packet);
  bool broken() const { return broken_; }

 private:
  Demuxer() = default;
  Result<void> open_container(const MediaLimits& limits);
  Result<void> choose_stream(const MediaLimits& limits);
  Error error_of(int number) const;

  MediaInput input_;
  Container container_ = Container::wav;
  std::unique_ptr<ByteSource> bytes_;  // outlives the context that reads it
  AvInput context_;
  unsigned stream_ = 0;
  Attachments attachments_;
  bool broken_ = false;
};

}  // namespace soundbite::media
