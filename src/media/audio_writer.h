// Blocks to a finished file: resample, encode, mux.
#pragma once

#include <cstdint>

#include "job/output_plan.h"
#include "media/block.h"
#include "media/converter.h"
#include "media/encoder.h"
#include "media/muxer.h"
#include "media/sink.h"

namespace soundbite::media {

struct Encoding {
  OutputPlan plan;
  SampleDepth depth = SampleDepth::bits16;
};

// For one thread.
class AudioWriter {
 public:
  // `sink` outlives the writer. Errors: invalid when the encoder refuses the plan; storage_full; unavailable; internal.
  static Result<AudioWriter> open(AudioFormat input, const Encoding& encoding, Sink& sink,
                                  const Attachments& attachments);

  // Errors: invalid when the audio is more than a WAV file holds; storage_full; unavailable; internal.
  Result<void> push(const AudioBlock& block);
  Result<void> finish();

  bool started() const { return converter_.started(); }
  // At the plan's rate; after finish() the length of the audio.
  std::uint64_t frames() const { return converter_.frames(); }

 private:
  AudioWriter(const Encoding& encoding, Converter converter, Encoder encoder, Muxer muxer);
  Result<void> drain(int enough);
  Result<void> encode(const AVFrame* frame);

  Encoding encoding_;
  Converter converter_;
  Encoder encoder_;
  Muxer muxer_;
};

}  // namespace soundbite::media
