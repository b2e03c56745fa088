// A recording behind a file descriptor, decoded from its start to its end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "media/analysis/analyzer.h"
#include "media/block.h"
#include "media/demuxer.h"
#include "media/planar.h"
#include "media/resampler.h"

namespace soundbite::media {

// Whether packets are counted before they are decoded, where that may refuse a file that is too long at once. Once is
// enough.
enum class FirstLook { counts, decodes };

// For one thread.
class Recording {
 public:
  // Reads the header and decodes the first frame, so that the format is what the decoder makes, whatever the header
  // says. `fd` stays the caller's and must stay open. Errors: invalid at `input.pointer` (unsupported_media,
  // undecodable, no_audio, limit_exceeded, too_long); unavailable; internal.
  static Result<Recording> open(int fd, const MediaInput& input, const MediaLimits& limits,
                                FirstLook look = FirstLook::counts);

  AudioFormat format() const { return facts_.format; }
  const Attachments& attachments() const { return attachments_; }
  // Samples are floats in the file.
  bool is_float() const;
  // The part that was read, 0–1.
  double done() const { return demuxer_->bytes().done(); }

  // Hands on the next block; false at the end. What the encoder put before and behind the audio is left out as far as
  // the file tells of it. Broken packets are counted and passed over. Errors: as of open, and those of `out`.
  Result<bool> next(const BlockSink& out);

  // Samples per channel up to now.
  std::uint64_t frames() const { return frames_; }
  // Complete after the end.
  const SourceFacts& facts() const { return facts_; }

 private:
  Recording() = default;
  Result<void> read_facts();
  bool may_be_too_long() const;
  Result<void> count_packets(int fd) const;
  Result<void> open_decoder();
  Result<void> check_format() const;
  Result<bool> decode();
  void look_at_packet();
  Result<void> hand_on(const BlockSink& out);
  Result<void> count(const AudioBlock& block, const BlockSink& out);
  Result<void> finish_adapter(const BlockSink& out);
  int frames_to_keep() const;
  Error undecodable() const;
  Error too_long() const;
  void conclude();
  bool is_truncated() const;

  MediaInput input_;
  MediaLimits limits_;
  std::unique_ptr<Demuxer> demuxer_;
  Attachments attachments_;
  Av<AVCodecContext> decoder_;
  Av<AVPacket> packet_;
  Av<AVFrame> frame_;
  std::unique_ptr<Planes> planes_;
  std::unique_ptr<Resampler> adapter_;  // to the first frame's format, when a later one has another
  AudioFormat adapted_from_;
  SourceFacts facts_;
  bool frame_waits_ = false;
  bool drained_ = false;
  bool concluded_ = false;
  bool cut_packet_ = false;
  std::uint64_t frames_ = 0;
  std::uint64_t packets_ = 0;
  std::uint64_t inner_headers_ = 0;
  std::int64_t demuxed_ = 0;  // duration of the packets, in the stream's time base
  std::int64_t packet_duration_ = 0;
  std::uint64_t skipped_ = 0;     // frames of the encoder's delay, as the file tells it
  std::uint64_t not_played_ = 0;  // frames of the packets that are not to be played
  std::uint64_t links_ = 1;
  bool complete_ = true;  // as far as the container's own layout tells
};

}  // namespace soundbite::media
